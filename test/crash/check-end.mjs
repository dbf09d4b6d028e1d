/**
 * What must hold when a run has ended: the same as after an undisturbed one, which itself is held against the input.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { leftOver, reportPath, reportsFolder } from './daemon.mjs';
import { baseOf, TYPE } from './scenario.mjs';
import { listedFiles, openStore, sha256, takeSnapshot } from './snapshot.mjs';

const Papa = createRequire(import.meta.url)('papaparse');

/** @returns {string[]} where the run ended otherwise than the reference */
export function checkEnd(home, reference) {
  const problems = leftOver(home).map((path) => `left over: ${path}`);
  const snapshot = takeSnapshot(home);
  for (const [part, expected] of Object.entries(reference.snapshot)) {
    const found = snapshot[part];
    if (JSON.stringify(found) === JSON.stringify(expected)) continue;
    problems.push(`${part} differ: ${firstDifference(expected, found)}`);
  }
  return [...problems, ...checkListedFiles(home)];
}

function firstDifference(expected, found) {
  if (!Array.isArray(expected)) return `${JSON.stringify(found)} for ${JSON.stringify(expected)}`;
  const [wanted, shown] = [expected, found].map((list) => list.map((item) => JSON.stringify(item)));
  const index = shown.findIndex((item, place) => item !== wanted[place]);
  if (index < 0) return `${found.length} for ${expected.length}`;
  const [is, be] = [shown[index], wanted[index] ?? 'nothing'];
  let at = 0;
  while (at < is.length && is[at] === be[at]) at++;
  const part = (text) => text.slice(Math.max(0, at - 60), at + 60);
  return `${found.length} for ${expected.length}; number ${index + 1}: ...${part(is)} for ...${part(be)} in ${be.slice(0, 100)}`;
}

/** Each report.json gives the hashes of the other reports as they are. */
function checkListedFiles(home) {
  return home.batches.flatMap((batch) =>
    listedFiles(readFileSync(reportPath(home, batch, 'report.json'), 'utf8'))
      .filter(([name, hash]) => sha256(readFileSync(join(reportsFolder(home, batch), name))) !== hash)
      .map(([name]) => `${name} is not what report.json says`),
  );
}

/** The reference itself: what the input says must have come of it, told without the product's code. */
export function checkReference(home, snapshot) {
  const problems = leftOver(home).map((path) => `left over: ${path}`);
  if (snapshot.integrity.join() !== 'ok' || snapshot.orphans.length > 0) problems.push('the store is damaged');
  if (snapshot.repeated !== 0) problems.push('a record is stored twice');
  const archived = home.batches.filter(({ kept }) => kept).map(({ name, sha256: hash }) => [name, hash]);
  if (JSON.stringify(snapshot.archive) !== JSON.stringify(archived.sort()))
    problems.push('the archive is not the input');
  const db = openStore(join(home.dataDir, 'labdrop.db'));
  try {
    for (const { name, folder, outcome, sha256: hash } of home.batches) {
      const rows = db.prepare('SELECT outcome, state, sha256 FROM batches WHERE file_name = ?').all(name);
      const cancelled = rows[0]?.sha256 === null;
      const asExpected =
        rows[0]?.outcome === outcome && rows[0].state === 'archived' && (cancelled || rows[0].sha256 === hash);
      if (rows.length !== 1 || !asExpected) problems.push(`${folder}${name} came to ${JSON.stringify(rows)}`);
    }
    problems.push(...checkRecords(db, home.batches));
  } finally {
    db.close();
  }
  return problems;
}

/** The current records are those of the accepted files, field by field. */
function checkRecords(db, batches) {
  const accepted = batches.filter(({ outcome }) => outcome === 'ACCEPTED');
  const expected = accepted.flatMap(recordsOf).map(fieldsOf).sort();
  const found = db.prepare(`SELECT * FROM current_${TYPE}`).all().map(fieldsOf).sort();
  return JSON.stringify(found) === JSON.stringify(expected) ? [] : ['the current records are not those of the input'];
}

function recordsOf({ name, bytes }) {
  const text = bytes.toString('utf8');
  return name.endsWith('.json')
    ? JSON.parse(text)
    : Papa.parse(text, { header: true, delimiter: ';', skipEmptyLines: true }).data;
}

function fieldsOf(record) {
  const fields = Object.entries(record).filter(
    ([name, value]) => !name.startsWith('_') && value !== null && value !== '',
  );
  return JSON.stringify(fields.map(([name, value]) => [name, String(value).trim()]).sort());
}

/** Text of each expected report, by batch. */
export function reportsByBatch(batches, { reports }) {
  const folderOf = ({ account, folder }) => `${account}/${folder}`;
  const folders = [...new Set(batches.map(folderOf))];
  return new Map(
    batches.map((batch) => {
      const own = reports.filter(
        ([index, name]) => folders[index] === folderOf(batch) && name.startsWith(`${baseOf(batch)}.`),
      );
      return [`${batch.folder}${baseOf(batch)}`, new Map(own.map(([, name, text]) => [name, text]))];
    }),
  );
}
