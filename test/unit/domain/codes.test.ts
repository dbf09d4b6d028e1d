import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FINDING_CODES, isFindingCode, type FindingCode } from '../../../src/domain/codes';
import { placeholdersOf } from '../../../src/stages/report/render-message';
import { TEXTS } from '../../../src/stages/report/texts';

const SRC = resolve(__dirname, '../../../src');
const CODES = Object.keys(FINDING_CODES) as FindingCode[];

/** Params that no text needs: machines read them from the store, or the text report counts with them. */
const FOR_MACHINES: Readonly<Partial<Record<FindingCode, readonly string[]>>> = {
  F014: ['earlierBatch'],
  H101: ['missing'],
  H102: ['atLeast'],
  H105: ['atLeast'],
  D401: ['earlierBatch'],
  D402: ['earlierBatch'],
};

/** Everything in braces or in a key's condition of the English texts of a code. */
function placeholdersUsed(code: FindingCode): ReadonlySet<string> {
  return new Set(
    Object.entries(TEXTS.en.codes[code]).flatMap(([key, text]) => [
      ...[...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
      ...[...(/\[(.+)\]/.exec(key)?.[1] ?? '').matchAll(/(\w+)(?:=[\w-]+)?(?:&|$)/g)].map(([, name]) => name!),
    ]),
  );
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

describe('the table of codes', () => {
  it.each(CODES)('%s is of a known family and has a scope, a severity and a title', (code) => {
    const { scope, severity, title } = FINDING_CODES[code];
    expect(code).toMatch(/^(F0|H1|P1|V2|R3|D4)\d\d$/);
    expect(['file', 'header', 'record', 'cell']).toContain(scope);
    expect(['error', 'warning', 'info']).toContain(severity);
    expect(title.length).toBeGreaterThan(10);
  });

  it('knows its codes and no others', () => {
    expect(CODES.every(isFindingCode)).toBe(true);
    expect(['S901', 'V999', 'toString', '__proto__', ''].filter(isFindingCode)).toEqual([]);
  });

  it('lists each code and each param once', () => {
    for (const code of CODES) {
      const { params } = FINDING_CODES[code];
      expect([code, new Set(params).size]).toEqual([code, params.length]);
    }
  });

  it.each(CODES)('%s is raised somewhere', (code) => {
    const raised = ['stages', 'pipeline', 'adapters']
      .flatMap((folder) => sourceFiles(join(SRC, folder)))
      .filter((path) => !path.includes(join('stages', 'report')))
      .some((path) => readFileSync(path, 'utf8').includes(`'${code}'`));
    expect(raised).toBe(true);
  });
});

describe('codes and their texts', () => {
  it.each(Object.keys(TEXTS) as (keyof typeof TEXTS)[])(
    '%s has texts for every code and for nothing else',
    (language) => {
      expect(Object.keys(TEXTS[language].codes).sort()).toEqual([...CODES].sort());
    },
  );

  it.each(CODES)('%s: texts use only what the finding has', (code) => {
    const known = placeholdersOf(code);
    expect([...placeholdersUsed(code)].filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(CODES)('%s: every param is told to the sender, or known to be for machines', (code) => {
    const used = placeholdersUsed(code);
    const untold = FINDING_CODES[code].params.filter((name) => !used.has(name));
    expect(untold).toEqual(FOR_MACHINES[code] ?? []);
  });
});
