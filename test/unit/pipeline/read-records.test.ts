import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCatalogue, validateFile } from '../../../src/daemon/validate-file';
import { SCHEMAS, SENDER } from '../../support/shipped-examples';

const EXAMPLE = `${SENDER}_LaboratoryTestResultVariants_210510081000.csv`;
const catalogue = readCatalogue(SCHEMAS);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Code, record and key of each finding on the example's header with these rows. */
function keysOf(rows: readonly string[], header: string): readonly (readonly [string, number | null, string | null])[] {
  const path = join(dir, EXAMPLE);
  writeFileSync(path, [header, ...rows, ''].join('\r\n'));
  const options = { path, messageType: null, catalogue, reportsDir: null, language: 'en' } as const;
  return validateFile({ ...options, now: () => new Date('2021-05-11T00:00:00Z') }, ({ findings }) =>
    [...findings()].map(({ code, record, recordKey }) => [code, record, recordKey] as const),
  );
}

test('the findings of a record carry its key: the reader’s, the validator’s, and those on equal records', () => {
  const [header = '', row = ''] = readFileSync(join(SCHEMAS, 'covid19/examples', EXAMPLE), 'utf8').split(/\r?\n/);
  const rows = [
    row.replace('S21-4001-1', 'S'.repeat(40_000)).replace('96741-4', '96741-5').replace('-070', '-171'),
    `${row};surplus`,
    row.replace('WGS-2021-070', ''),
    row,
    row,
  ];
  expect(keysOf(rows, header)).toEqual([
    ['P110', 1, '81365677\u001fWGS-2021-171'],
    ['R301', 1, '81365677\u001fWGS-2021-171'],
    ['P107', 2, null],
    ['V200', 3, '81365677\u001f'],
    ['D405', 5, '81365677\u001fWGS-2021-070'],
  ]);
});

test('a key of which no part is filled is none', () => {
  const [header = '', row = ''] = readFileSync(join(SCHEMAS, 'covid19/examples', EXAMPLE), 'utf8').split(/\r?\n/);
  const empty = row.replace('WGS-2021-070', '').replace(/81365677$/, '');
  const keys = keysOf([empty], header);
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.map(([, , key]) => key)).toEqual(keys.map(() => null));
});
