/**
 * Files read by one reader and by two: the same records, findings, counts and reports, byte for byte, wherever the
 * damage lies; and the same again where the file is staged in memory. The second reader runs here in the same thread,
 * before the first one begins.
 */
import { readChunks } from '../../src/adapters/spool/read-file';
import { openIncomingPart, type PageTarget } from '../../src/adapters/sqlite/incoming-part';
import { readRest, type RestRead, type RestTask, type SecondReader } from '../../src/pipeline/second-reader';
import {
  catalogue,
  COLUMNS,
  deliver,
  type Delivery,
  file,
  HEADER,
  rows,
  withRanks,
} from '../support/deliver-for-comparison';
import { LABORATORY_EXAMPLE } from '../support/shipped-examples';

interface Taken {
  asked: number;
  given: number;
}

/** @param change what the second reader says of what it has read */
function readerInPlace(taken: Taken, change: (read: RestRead) => RestRead | null = (read) => read): SecondReader {
  function read(task: RestTask): RestRead | null {
    const target = task.target as PageTarget;
    const sink = openIncomingPart(target, catalogue.types.get(target.type)!);
    try {
      const chunksFrom = (offset: number): Iterable<Uint8Array> => readChunks(task.file.path, offset);
      const found = readRest({ task, catalogue, chunksFrom, sink });
      return found === null ? null : { found, part: structuredClone(sink.finish()) };
    } finally {
      sink.close();
    }
  }
  return {
    begin(task) {
      const rest = read(task);
      return {
        take() {
          taken.asked++;
          const given = rest === null ? null : change(rest);
          if (given !== null) taken.given++;
          return given;
        },
        end: () => undefined,
      };
    },
  };
}

function set(row: string, column: string, value: string): string {
  const cells = row.split(';');
  cells[COLUMNS.indexOf(column)] = value;
  return cells.join(';');
}

const damage: Record<string, (row: string) => string> = {
  'a bad value': (row) => set(row, 'DateOfBirth', '1980-13-41'),
  'an unknown code': (row) => set(row, 'TestCode1', '12345-6'),
  'a cell too many': (row) => `${row};surplus`,
  'a cell too few': (row) => row.slice(0, row.lastIndexOf(';')),
  'a quoted value': (row) => set(row, 'Municipality', '"Sint-Niklaas; ""Waas"""'),
  'a stray quote': (row) => set(row, 'Municipality', 'Sint"Niklaas'),
  'a quote that is not closed': (row) => set(row, 'Municipality', '"Sint-Niklaas'),
  'a value that is too long': (row) => set(row, 'Municipality', 'x'.repeat(40_000)),
  'a NUL': (row) => set(row, 'Municipality', 'Sint\0Niklaas'),
  'other alphabets': (row) => set(row, 'Municipality', 'Liège \u{1f600} €'),
};

const changed = (count: number, at: readonly number[], change: (row: string) => string): string[] =>
  rows(count).map((row, i) => (at.includes(i) ? change(row) : row));
interface Case extends Delivery {
  /** Whether the second part is taken over; where it is not, one reader does it all. */
  readonly shared: boolean;
}

/** A record of the first part, the first and the last of the second one, and some more. */
const PLACES = [0, 7, 39, 40, 41, 60, 79];

const damaged = Object.entries(damage).map(([what, change]): [string, Case] => [
  `${what} in both parts`,
  { content: file(changed(80, PLACES, change)), shared: true },
]);
const bytes1252 = Buffer.from(file(rows(80).map((row) => set(row, 'Municipality', 'Li\u00e8ge \u0080'))), 'latin1');
const twins = (second: (row: string) => string): string => file([...rows(60), ...rows(20, 10).map(second)]);
const inserted = (at: number, line: string): string => file([...rows(80).slice(0, at), line, ...rows(80).slice(at)]);

const cases: [string, Case][] = [
  ['a file in order', { content: file(rows(80)), shared: true }],
  ['a file of many pages', { content: file(rows(3_000)), shared: true }],
  ['CRLF', { content: file(rows(80), '\r\n'), shared: true }],
  ['CR alone', { content: file(rows(80), '\r'), shared: false }],
  ['no line end at the end', { content: file(rows(80)).trimEnd(), shared: true }],
  ['a byte order mark', { content: `\ufeff${file(rows(80))}`, shared: true }],
  ['Windows-1252', { content: bytes1252, shared: true }],
  ['UTF-16', { content: Buffer.from(`\ufeff${file(rows(80))}`, 'utf16le'), shared: false }],
  ...damaged,
  ['twins across the cut, equal', { content: twins((row) => row), shared: true }],
  ['twins across the cut, not equal', { content: twins((row) => set(row, 'FirstNamesPat', 'An')), shared: true }],
  ['a blank line in the first part', { content: inserted(3, ''), shared: false }],
  ['a blank line in the second part', { content: inserted(70, ';;;'), shared: true }],
  ['a blank line at the cut', { content: inserted(40, ''), shared: true }],
  ['blank lines at the end', { content: `${file(rows(80))}\n;;;;\n\n`, shared: true }],
  ['blank lines before the header', { content: `\n\n${file(rows(80))}`, shared: true }],
  ['a delimiter line', { content: `sep=;\n${file(rows(80))}`, shared: true }],
  ['a lone CR in the first part', { content: file(rows(80)).replace('\n', '\r'), shared: false }],
  ['another line end in the first part', { content: file(rows(80)).replace('\n2;', '\r\n2;'), shared: true }],
  ['another line end in the second part', { content: `${file(rows(80)).trimEnd()}\r\n`, shared: true }],
  ['other line ends in both parts', { content: `${file(rows(9), '\r\n')}${rows(9, 10).join('\n')}\r\n`, shared: true }],
  ['a lone CR in the second part', { content: `${file(rows(80))}${rows(3, 90).join('\r')}`, shared: true }],
  ['no record is right', { content: file(changed(80, [...Array(80).keys()], damage['a bad value']!)), shared: true }],
  ['no record of the second part', { content: file(changed(80, PLACES.slice(2), damage['a NUL']!)), shared: true }],
  ['a header with an error', { content: file(rows(80)).replace('DateOfBirth', 'DateOfDeath'), shared: false }],
  ['a header alone', { content: `${HEADER}\n`, shared: false }],
  ['all records in the second part', { content: file(rows(1)), shared: true }],
  ['a cut before the header', { content: '\n'.repeat(3_000) + file(rows(5)), shared: false }],
  [
    'columns without a name, a value there in the second part',
    {
      content: [`${HEADER};;`, ...rows(80).map((row, i) => (i > 70 ? `${row};;${i}` : `${row};;`)), ''].join('\n'),
      shared: true,
    },
  ],
  [
    'columns without a name, values there in both parts',
    {
      content: [`${HEADER};;`, ...rows(80).map((row, i) => `${row};${i > 70 ? i : ''};${i}`), ''].join('\n'),
      shared: true,
    },
  ],
  ['mode file', { content: file(changed(80, [79], damage['a bad value']!)), shared: true, rules: { mode: 'file' } }],
  [
    'a threshold passed in the second part',
    { content: file(changed(80, PLACES, damage['a bad value']!)), shared: true, rules: { maxRejected: 6 } },
  ],
  ['a total that is right', { content: file(rows(80)), shared: true, marker: 'records=80' }],
  ['a total that is wrong', { content: file(rows(80)), shared: true, marker: 'records=81' }],
  [
    'a total beside a quote that is not closed in the second part',
    { content: file(changed(80, [79], damage['a quote that is not closed']!)), shared: true, marker: 'records=81' },
  ],
  [
    'a sent-back file with guard quotes',
    {
      content: [`_line;${HEADER}`, ...rows(80).map((row, i) => `${i};${set(row, 'Street', "'=1+1")}`), ''].join('\n'),
      shared: true,
    },
  ],
  ['no extension', { content: file(rows(80)), shared: true, name: LABORATORY_EXAMPLE }],
  [
    'JSON',
    {
      content: JSON.stringify(
        rows(80).map((row) => fromRow(row)),
        null,
        1,
      ),
      shared: false,
      name: LABORATORY_EXAMPLE,
    },
  ],
];

function fromRow(row: string): Record<string, string> {
  return Object.fromEntries(row.split(';').map((cell, i) => [COLUMNS[i] ?? '', cell]));
}

test.each(cases)('%s', async (_what, each) => {
  const taken = { asked: 0, given: 0 };
  const alone = await deliver(each, null);
  const together = await deliver(each, readerInPlace(taken));
  expect(together).toEqual(alone);
  // In memory no line is taken as bytes.
  expect(withRanks(await deliver(each, null, Infinity))).toEqual(withRanks(alone));
  expect(taken.given).toBe(each.shared ? 1 : 0);
});

test('what a second reader does not bring is read by the first', async () => {
  const each = { content: file(changed(80, PLACES, damage['a bad value']!)), shared: false };
  const taken = { asked: 0, given: 0 };
  const alone = await deliver(each, null);
  expect(
    await deliver(
      each,
      readerInPlace(taken, () => null),
    ),
  ).toEqual(alone);
  expect(taken).toEqual({ asked: 1, given: 0 });
});
