import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { createFinding } from '../../../src/domain/create-finding';
import type { Finding } from '../../../src/domain/finding';
import type { BatchStore } from '../../../src/ports/batch-store';
import type { ReportSource } from '../../../src/ports/report-source';
import { verdict } from './deliver';
import { CATALOGUE, origin, RESULT, staged } from './fixtures';

let store: BatchStore;
beforeEach(() => {
  store = openBatchStore({ path: ':memory:', catalogue: CATALOGUE });
});
afterEach(() => store.close());

/** Long where the record is the seventh. */
function keyOf({ record }: Finding): string | null {
  return record === null ? null : record === 7 ? '𝄞'.repeat(300) : `T-${record}\u001fx`;
}

/** The same findings, as staged and as committed. */
function sources(findings: readonly Finding[], rejected: readonly number[] = []): [string, () => ReportSource][] {
  const stage = (id: string): ReturnType<BatchStore['openStaging']> => {
    const staging = store.openStaging(store.open(origin(id)), RESULT);
    for (const finding of findings) staging.addFinding(finding, keyOf(finding));
    for (const record of rejected) staging.addRejected({ record, line: record + 1, offset: record * 10, length: 9 });
    return staging;
  };
  const committed = (): ReportSource => {
    const staging = stage('committed');
    staging.commit(verdict(staging.counts(), { outcome: 'REJECTED' }));
    return store.reportSource('committed');
  };
  return [
    ['staged', () => stage('staged').reportSource()],
    ['committed', committed],
  ];
}

const cell = (code: 'V200' | 'V201', record: number, field: string): Finding =>
  createFinding(code, { line: record + 1, record, field });

test('findings stand in report order: of the file, then by line, record and order raised', () => {
  const raised = [
    cell('V200', 2, 'second'),
    createFinding('P111', { line: 9 }),
    cell('V201', 1, 'a'),
    createFinding('H102', { line: 1, field: 'x' }),
    cell('V200', 1, 'b'),
    createFinding('F005'),
    createFinding('P114', { line: 3, record: 3 }),
  ];
  const expected = ['F005 ', 'H102 x', 'P111 ', 'V201 a', 'V200 b', 'V200 second', 'P114 '];
  for (const [, open] of sources(raised)) {
    const found = [...open().findings()];
    expect(found.map(({ code, field }) => `${code} ${field ?? ''}`)).toEqual(expected);
    expect(found.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  }
});

test('a finding comes back as it went in', () => {
  const full: Finding = {
    ...createFinding('V203', {
      line: 3,
      record: 2,
      field: 'CT/Value',
      columnNo: 4,
      value: "=1\t'é\u0000",
      expected: 'a|b',
    }),
    suggestion: '8',
    params: { format: 'code', count: 12 },
  };
  for (const [, open] of sources([full]))
    expect([...open().findings()]).toEqual([{ ...full, recordKey: 'T-2\u001fx', seq: 1 }]);
});

test('a key is kept to 256 code points, and a finding on the file has none', () => {
  for (const [, open] of sources([createFinding('F005'), cell('V200', 7, 'a')])) {
    expect([...open().findings()].map(({ recordKey }) => recordKey)).toEqual([null, '𝄞'.repeat(256)]);
  }
});

test('pages and limits lose and repeat nothing', () => {
  const raised = Array.from({ length: 2500 }, (_, i) => cell('V200', i + 1, 'a'));
  for (const [, open] of sources(raised, [1, 1200, 2500])) {
    const source = open();
    expect([...source.findings()].map(({ record }) => record)).toEqual(raised.map(({ record }) => record));
    expect([...source.findings(1000)]).toHaveLength(1000);
    expect([...source.findings(1001)]).toHaveLength(1001);
    expect([...source.findings(0)]).toEqual([]);
    expect([...source.rejected()].map(({ record, findings }) => [record, findings.map((f) => f.record)])).toEqual([
      [1, [1]],
      [1200, [1200]],
      [2500, [2500]],
    ]);
  }
});

test('two readings at once do not disturb each other, nor a write between', () => {
  const [, [, open]] = sources(Array.from({ length: 1500 }, (_, i) => cell('V200', i + 1, 'a'))) as [
    unknown,
    [string, () => ReportSource],
  ];
  const source = open();
  const first = source.findings()[Symbol.iterator]();
  first.next();
  expect([...source.findings()]).toHaveLength(1500);
  store.open(origin('between'));
  let count = 1;
  while (first.next().done !== true) count++;
  expect(count).toBe(1500);
});

test('a rejected record comes with its own findings only', () => {
  const raised = [
    createFinding('H102', { line: 3, record: 2, field: 'x' }),
    cell('V200', 1, 'a'),
    cell('V201', 2, 'a'),
    createFinding('V201', { line: 3, record: 2, field: 'b', severity: 'warning' }),
    createFinding('V201', { line: 3, record: 3, field: 'b', severity: 'warning' }),
    cell('V200', 4, 'b'),
  ];
  for (const [, open] of sources(raised, [4, 2, 5])) {
    expect([...open().rejected()].map(({ findings, ...row }) => [row, findings.map((f) => f.field)])).toEqual([
      [{ record: 2, line: 3, offset: 20, length: 9 }, ['a', 'b']],
      [{ record: 4, line: 5, offset: 40, length: 9 }, ['b']],
      [{ record: 5, line: 6, offset: 50, length: 9 }, []],
    ]);
  }
});

test('groups tell true totals and the first fifty', () => {
  const raised = [
    ...Array.from({ length: 60 }, (_, i) => cell('V201', i + 1, i < 20 ? 'few' : 'many')),
    cell('V201', 60, 'few'),
    createFinding('V201', { line: 2, record: 1, field: '__proto__', severity: 'warning' }),
    createFinding('P101'),
    cell('V200', 1, 'few'),
    createFinding('D402', { line: 2, record: 1 }),
  ];
  for (const [, open] of sources(raised)) {
    const source = open();
    const groups = source.groups();
    expect(groups.map(({ code, severity, total, records }) => [code, severity, total, records])).toEqual([
      ['V200', 'error', 1, 1],
      ['V201', 'error', 61, 60],
      ['P101', 'warning', 1, 0],
      ['V201', 'warning', 1, 1],
      ['D402', 'info', 1, 1],
    ]);
    expect(Object.entries(groups[1]!.columns)).toEqual([
      ['many', 40],
      ['few', 21],
    ]);
    expect(Object.entries(groups[3]!.columns)).toEqual([['__proto__', 1]]);
    expect(groups[1]!.samples.map(({ record }) => record)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(source.totals()).toEqual({ errors: 62, warnings: 2, infos: 1 });
  }
});

test('a batch without findings has none of anything', () => {
  for (const [, open] of sources([])) {
    const source = open();
    expect([[...source.findings()], source.groups(), [...source.rejected()]]).toEqual([[], [], []]);
    expect(source.totals()).toEqual({ errors: 0, warnings: 0, infos: 0 });
  }
});

test('records that settling rejects stand among the others', () => {
  const staging = store.openStaging(store.open(origin('b')), RESULT);
  staging.addRejected({ record: 2, line: 3, offset: 20, length: 9 });
  for (const record of [1, 3]) staging.addRecord(staged(record, ['k', 'p', String(record)]));
  staging.settle();
  staging.commit(verdict(staging.counts()));
  expect([...store.reportSource('b').rejected()].map(({ record, findings }) => [record, findings.length])).toEqual([
    [1, 1],
    [2, 0],
    [3, 1],
  ]);
});
