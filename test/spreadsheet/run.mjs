/**
 * Opens errors.csv and rejected.csv in a real spreadsheet program under a Belgian locale and checks that columns,
 * accents and leading zeros are what was written. On demand: it needs Debian's libreoffice-calc.
 *
 *   npm run test:spreadsheet
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const Papa = createRequire(import.meta.url)('papaparse');
const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
const SOURCE = join(ROOT, 'schemas/covid19/examples-damaged');
const [SEMICOLON, QUOTE, UTF8, DUTCH_BELGIUM, TEXT] = [59, 34, 76, 2067, 2];

const home = mkdtempSync(join(tmpdir(), 'labdrop-spreadsheet-'));
let failed = 0;
try {
  const [name] = readdirSync(SOURCE);
  const accents = readFileSync(join(SOURCE, name), 'utf8').replace(/^(2;[^;]*;[^\n]*?)Site /m, '$1Sité ');
  writeFileSync(join(home, name), accents);
  for (const language of ['nl', 'fr', 'de', 'en']) {
    const out = join(home, language);
    const main = join(ROOT, 'dist/main.js');
    spawnSync(process.execPath, [main, 'validate', join(home, name), '--reports', out, '--language', language]);
    for (const file of readdirSync(out).filter((found) => found.endsWith('.csv'))) compare(join(out, file), language);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log(`${failed === 0 ? 'all files came through' : `${failed} files changed`}`);
process.exitCode = failed === 0 ? 0 : 1;

function compare(path, language) {
  const before = read(path);
  const after = read(throughSpreadsheet(path, before[0].length));
  const same = JSON.stringify(before) === JSON.stringify(after);
  if (!same) failed++;
  const zeros = before.flat().filter((cell) => /^0\d+$/.test(cell)).length;
  const accented = before.flat().filter((cell) => /[\u00c0-\u017f]/.test(cell)).length;
  const kind = basename(path).split('.').slice(1).join('.');
  const size = `${before.length} rows, ${before[0].length} columns, ${zeros} leading zeros, ${accented} accented cells`;
  console.log(`${same ? 'same   ' : 'CHANGED'} ${language} ${kind}: ${size}`);
}

/** Opens the file with every column as text, as the reports ask for, and saves it again as CSV. */
function throughSpreadsheet(path, columns) {
  const formats = Array.from({ length: columns }, (_, index) => `${index + 1}/${TEXT}`).join('/');
  const input = [SEMICOLON, QUOTE, UTF8, 1, formats, DUTCH_BELGIUM, true, false].join(',');
  const output = [SEMICOLON, QUOTE, UTF8, 1, '', 0, false, true, false].join(',');
  const target = join(home, 'saved');
  const filter = 'Text - txt - csv (StarCalc)';
  const run = spawnSync(
    'soffice',
    ['--headless', `-env:UserInstallation=file://${home}/profile`, `--infilter=${filter}:${input}`].concat([
      '--convert-to',
      `csv:${filter}:${output}`,
      '--outdir',
      target,
      path,
    ]),
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'nl_BE.UTF-8' } },
  );
  if (run.error) throw new Error(`soffice is needed (Debian: libreoffice-calc): ${run.error.message}`);
  return join(target, basename(path));
}

function read(path) {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  return Papa.parse(text, { delimiter: ';', skipEmptyLines: true }).data;
}
