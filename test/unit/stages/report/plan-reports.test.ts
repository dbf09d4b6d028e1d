import { OUTCOMES } from '../../../../src/domain/batch';
import type { BatchRecord } from '../../../../src/domain/batch-record';
import { planReports } from '../../../../src/stages/report/plan-reports';
import { makeBatch } from './fixtures';

const B = '81365677_LaboratoryTestResult_210101120000';
const NONE = { errors: 0, warnings: 0, infos: 0 };
const JSON_DIALECT = { format: 'json', encoding: 'utf-8', bom: false, delimiter: null, eol: null } as const;

function names(batch: Partial<BatchRecord>, totals: Partial<typeof NONE> = {}): readonly string[] {
  return planReports(makeBatch(batch), { ...NONE, ...totals }).map(({ name }) => name);
}

describe('planReports', () => {
  it.each<[string, Partial<BatchRecord>, Partial<typeof NONE>, readonly string[]]>([
    ['nothing found', { outcome: 'ACCEPTED', rejected: 0 }, {}, ['ACCEPTED.txt', 'report.json', 'report.ok']],
    [
      'a remark',
      { outcome: 'ACCEPTED', rejected: 0 },
      { infos: 1 },
      ['errors.csv', 'ACCEPTED.txt', 'report.json', 'report.ok'],
    ],
    ['rejected records', {}, { errors: 1 }, ['errors.csv', 'rejected.csv', 'PARTIAL.txt', 'report.json', 'report.ok']],
    [
      'rejected JSON',
      { dialect: JSON_DIALECT, header: null },
      { errors: 1 },
      ['errors.csv', 'rejected.json', 'PARTIAL.txt', 'report.json', 'report.ok'],
    ],
    [
      'rejected JSON lines',
      { dialect: { ...JSON_DIALECT, format: 'jsonl' }, header: null },
      { errors: 1 },
      ['errors.csv', 'rejected.json', 'PARTIAL.txt', 'report.json', 'report.ok'],
    ],
    [
      'a file that was not read',
      { outcome: 'REJECTED', dialect: null, header: null, rejected: 0 },
      { errors: 1 },
      ['errors.csv', 'REJECTED.txt', 'report.json', 'report.ok'],
    ],
    [
      'records that cannot be found again',
      { dialect: null },
      { errors: 1 },
      ['errors.csv', 'PARTIAL.txt', 'report.json', 'report.ok'],
    ],
  ])('for %s', (_, batch, totals, expected) => {
    expect(names(batch, totals)).toEqual(expected.map((end) => `${B}.${end}`));
  });

  it('names later deliveries after their number', () => {
    expect(names({ delivery: 3, rejected: 0 })).toEqual([
      `${B}.r3.PARTIAL.txt`,
      `${B}.r3.report.json`,
      `${B}.r3.report.ok`,
    ]);
  });

  it.each(OUTCOMES)('puts the marker last for %s', (outcome) => {
    expect(planReports(makeBatch({ outcome }), { ...NONE, errors: 1 }).at(-1)?.kind).toBe('marker');
  });
});
