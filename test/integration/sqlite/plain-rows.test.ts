/**
 * Rows whose fields are bytes of a file, and rows of integers alone, written as pages and read back by SQLite itself:
 * every value as it was given, and a file that SQLite's own check passes.
 */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { PlainRecord } from '../../../src/domain/plain-record';
import { DatabaseFile } from '../../../src/adapters/sqlite/table-file/database-file';
import { IntegerRowEncoder, type IntegerWidth } from '../../../src/adapters/sqlite/table-file/integer-row-encoder';
import { PlainRowEncoder } from '../../../src/adapters/sqlite/table-file/plain-row-encoder';
import {
  type ColumnValue,
  RecordEncoder,
  type RowEncoder,
} from '../../../src/adapters/sqlite/table-file/record-encoder';
import { TableWriter } from '../../../src/adapters/sqlite/table-file/table-writer';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let files = 0;

/** Measures the row and gives what writes it. */
type Encode<T> = (row: T) => { readonly length: number; readonly encoder: RowEncoder };

/** Rowids from 1 on; the first column is their alias. */
function writeAndRead<T>(width: number, rows: readonly T[], encode: Encode<T>, pageBytes = 16_384): unknown[][] {
  const path = join(dir, `${++files}.db`);
  const made = new Database(path);
  made.pragma(`page_size = ${pageBytes}`);
  const columns = Array.from({ length: width - 1 }, (_, i) => `, c${i}`);
  made.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY${columns.join('')})`);
  made.close();
  const file = new DatabaseFile(path, pageBytes);
  const writer = new TableWriter(file, 2, width);
  rows.forEach((row, i) => {
    const { length, encoder } = encode(row);
    expect(writer.addMeasured(i + 1, length, encoder)).toBe(true);
  });
  writer.finish();
  file.finish();
  const db = new Database(path, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    return db.prepare('SELECT * FROM t').raw().all() as unknown[][];
  } finally {
    db.close();
  }
}

interface PlainRow {
  /** Of the first columns, without the id. */
  readonly own: readonly ColumnValue[];
  /** By field. */
  readonly values: readonly string[];
}

/** @param inFile fields in the order of the file's columns */
function plainRecord({ own, values }: PlainRow, inFile: readonly number[]): PlainRecord {
  const starts = new Int32Array(values.length);
  const ends = new Int32Array(values.length);
  let end = 0;
  for (const field of inFile) {
    starts[field] = end;
    end += Buffer.byteLength(values[field] ?? '');
    ends[field] = end;
  }
  // What stands behind the values belongs to other records.
  const bytes = Buffer.from(`${inFile.map((field) => values[field] ?? '').join('')}of the row before`);
  const ascii = /^[\0-\x7f]*$/.test([...own, ...values].join(''));
  const inOrder = inFile.every((field, i) => i === 0 || field > (inFile[i - 1] ?? 0));
  return { line: 0, record: 0, offset: 0, length: 0, key: '', patient: '', bytes, starts, ends, inOrder, ascii };
}

interface Layout {
  /** Position of each column's field, the id left out. */
  readonly fieldOf: readonly number[];
  readonly inFile: readonly number[];
}

function writePlain(rows: readonly PlainRow[], { fieldOf, inFile }: Layout, pageBytes?: number): unknown[][] {
  const encoder = new PlainRowEncoder([-1, ...fieldOf]);
  const encode: Encode<PlainRow> = (row) => ({
    length: encoder.measure([null, ...row.own], plainRecord(row, inFile)),
    encoder,
  });
  return writeAndRead(fieldOf.length + 1, rows, encode, pageBytes);
}

function expected(rows: readonly PlainRow[], { fieldOf }: Layout): unknown[][] {
  return rows.map(({ own, values }, i) => [
    i + 1,
    ...fieldOf.map((field, column) => (field < 0 ? (own[column] ?? null) : (values[field] ?? '') || null)),
  ]);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const layout = (own: number, fields: readonly number[], inFile: readonly number[] = fields): Layout => ({
  fieldOf: [...new Array<number>(own).fill(-1), ...fields],
  inFile,
});
const LENGTHS = [0, 1, 56, 57, 58, 59, 127, 128, 8_000, 8_185, 8_186, 8_187, 16_300, 16_349, 20_000, 50_000];
const PLACES = [0, 1, 2, 127, 128, 32_767, 32_768, 8_388_607, 8_388_608, 2 ** 31 - 1, 2 ** 31, 2 ** 47, 2 ** 53 - 1];
const KEYS = [
  '',
  'k',
  'key',
  'clé',
  'k'.repeat(57),
  'k'.repeat(58),
  '\u{1f600}',
  'ß'.repeat(29),
  'k'.repeat(2_000),
  'x',
];

const orders: [string, Layout][] = [
  ['in order', layout(2, [0, 1, 2])],
  ['columns of the file in another order', layout(2, [0, 1, 2], [2, 0, 1])],
  ['columns of the table in another order', layout(2, [1, 2, 0], [0, 1, 2])],
  ['both in the same other order', layout(2, [2, 1, 0], [2, 1, 0])],
  ['both in other orders', layout(2, [2, 1, 0], [1, 2, 0])],
  ['a column in the middle that is no field any more', { fieldOf: [-1, -1, 0, -1, 1, 2], inFile: [0, 1, 2] }],
  ['such a column first', { fieldOf: [-1, -1, -1, 0, 1, 2], inFile: [0, 1, 2] }],
  ['such columns last, in another order', { fieldOf: [-1, -1, 2, 1, -1, 0, -1, -1], inFile: [1, 0, 2] }],
];

describe.each(orders)('%s', (_, order) => {
  const sizes = LENGTHS.flatMap((length, i) => ['x', 'é'].map((sign) => ({ length, sign, i })));

  test.each([512, 16_384])('values of every length, pages of %d bytes', (pageBytes) => {
    const rows = sizes.map(({ length, sign, i }): PlainRow => {
      const other = LENGTHS[(i * 5 + 3) % 8] ?? 0;
      return { own: [i, `k${i}`], values: [sign.repeat(length), 'b'.repeat(other), i % 3 === 0 ? '' : `c${i}`] };
    });
    expect(writePlain(rows, order, pageBytes)).toEqual(expected(rows, order));
  });

  test('places and keys that change their length from row to row, or do not', () => {
    const rows = upTo(400).map((i): PlainRow => {
      const place = i < 100 ? i * 3 : (PLACES[i % PLACES.length] ?? 0);
      const key = i < 100 ? String(1000 + i) : (KEYS[(i * 3) % KEYS.length] ?? '');
      return { own: [place, key], values: [`a${i}`, i % 7 === 0 ? 'é' : '', ''] };
    });
    expect(writePlain(rows, order)).toEqual(expected(rows, order));
  });
});

test('first columns that are empty in some rows, and texts beside numbers', () => {
  const many = layout(5, [0]);
  const kinds: ColumnValue[] = [null, 0, 1, 7, 300, 'x', 'é', '', 'longer than before', 2 ** 40];
  const rows = upTo(500).map((i): PlainRow => ({
    own: upTo(5).map((column) => kinds[(i * (column + 1) + (i >> 3)) % kinds.length] ?? null),
    values: [i % 2 === 0 ? 'v' : ''],
  }));
  expect(writePlain(rows, many)).toEqual(expected(rows, many));
});

test.each([1, 2, 60, 120, 121, 122, 123, 124, 125, 126, 127, 128, 300])('%d fields', (count) => {
  const wide = layout(3, upTo(count));
  const rows = [0, 1, 57, 58, 64].map((length): PlainRow => ({
    own: [1, null, 'key'],
    values: upTo(count).map((field) => (field % 3 === 0 ? '' : 'x'.repeat(length + (field % 2)))),
  }));
  const more = rows.map((row) => ({ ...row, values: row.values.map(() => '') }));
  expect(writePlain([...rows, ...more], wide)).toEqual(expected([...rows, ...more], wide));
});

test('no field at all', () => {
  const none = layout(2, []);
  const rows = upTo(10).map((i): PlainRow => ({ own: [i, `k${i}`], values: [] }));
  expect(writePlain(rows, none)).toEqual(expected(rows, none));
});

test('the same bytes as for rows that come as values', () => {
  const order = layout(2, [0, 1]);
  const plain = new PlainRowEncoder([-1, ...order.fieldOf]);
  const general = new RecordEncoder(5);
  for (const place of PLACES) {
    for (const key of KEYS) {
      const row: PlainRow = { own: [place, key], values: [`a${key}`, ''] };
      const values = [null, ...row.own, `a${key}`, null];
      const length = general.measure(values, true);
      expect(plain.measure([null, ...row.own], plainRecord(row, order.inFile))).toBe(length);
      const [one, other] = [Buffer.alloc(length), Buffer.alloc(length)];
      expect([plain.write(one, 0), general.write(other, 0)]).toEqual([true, true]);
      expect(one.equals(other)).toBe(true);
    }
  }
});

describe('rows of integers alone', () => {
  const widths: IntegerWidth[] = [0, 6, 6, 4, 1, 8, 8];
  const hashes = [
    0,
    1,
    255,
    256,
    65_535,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 48,
    2 ** 52 + 1,
    2 ** 53 - 1,
  ];
  const lines = [0, 1, 127, 128, 32_767, 32_768, 8_388_608, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 47 - 1];
  const lengths = [0, 1, 127, 128, 32_768, 8_388_608, 2 ** 31 - 1];

  test.each([512, 16_384])('pages of %d bytes', (pageBytes) => {
    const rows = upTo(2_000).map((i) => [
      null,
      ...[lines[i % lines.length] ?? 0, lines[(i >> 2) % lines.length] ?? 0, lengths[i % lengths.length] ?? 0, i % 2],
      ...[hashes[i % hashes.length] ?? 0, hashes[(i * 5) % hashes.length] ?? 0],
    ]);
    const encoder = new IntegerRowEncoder(widths);
    const encode: Encode<(number | null)[]> = (row) => ({ length: encoder.measure(row), encoder });
    expect(writeAndRead(widths.length, rows, encode, pageBytes)).toEqual(
      rows.map((row, i) => [i + 1, ...row.slice(1)]),
    );
  });

  test.each([0, 1, 4, 6, 8] as const)('a column of %d bytes', (width) => {
    const most = width === 0 ? 0 : width === 8 ? 2 ** 53 - 1 : 2 ** (8 * width - 1) - 1;
    const rows = [0, 1, most >> 1, Math.floor(most / 3), most - 1, most].map((value) => [
      null,
      width === 0 ? null : Math.max(0, value),
    ]);
    const encoder = new IntegerRowEncoder([0, width]);
    const encode: Encode<(number | null)[]> = (row) => ({ length: encoder.measure(row), encoder });
    expect(writeAndRead(2, rows, encode)).toEqual(rows.map((row, i) => [i + 1, ...row.slice(1)]));
  });
});
