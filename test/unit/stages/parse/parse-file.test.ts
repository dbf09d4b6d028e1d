import { CSV_CASES } from './csv-cases';
import { JSON_CASES } from './json-cases';
import { readText, told, type Read, type ReadOptions } from './read-text';

const CASES = [
  ...CSV_CASES.map((each) => ({ kind: 'CSV', ...each })),
  ...JSON_CASES.map((each) => ({ kind: 'JSON', ...each })),
];

const options = ({ extension }: ReadOptions): ReadOptions => (extension === undefined ? {} : { extension });

function comparable({ result, records, facts }: Read): unknown {
  const { columnOf, ...rest } = result;
  return { rest, facts, records, columns: [0, 1, 2, 3].map(columnOf) };
}

describe.each(CASES)('$kind: $name', (each) => {
  const { input, told: expected, values } = each;

  it('tells what is wrong and reads the rest', () => {
    const read = readText(input, options(each));
    expect([...told(read)].sort()).toEqual([...expected].sort());
    expect(read.records.map((record) => record.values.join('·'))).toEqual(values);
    expect(read.records.map(({ record }) => record)).toEqual(values.map((_, at) => at + 1));
    expect(read.result.records).toBe(values.length);
    expect(read.result.rejected).toBe(read.result.findings.some(({ severity }) => severity === 'error'));
  });

  it('reads the same in chunks of any size', () => {
    const whole = comparable(readText(input, options(each)));
    const sizes = input.length > 20_000 ? [1000, 4096] : [1, 2, 3, 7];
    for (const size of sizes) expect(comparable(readText(input, { ...options(each), size }))).toEqual(whole);
  });

  it('knows where each record stands', () => {
    const bytes = typeof input === 'string' ? Buffer.from(input) : Buffer.from(input);
    let end = 0;
    for (const { offset, length } of readText(input, options(each)).records) {
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + length;
      expect(end).toBeLessThanOrEqual(bytes.length);
    }
  });
});
