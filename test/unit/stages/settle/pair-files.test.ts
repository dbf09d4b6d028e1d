import fc from 'fast-check';
import { findMeant, pairFiles, QUIET_MS, type DropEntry } from '../../../../src/stages/settle/pair-files';

const NOW = 1_000_000;
const GRACE = 60_000;

const entry = (name: string, ageMs = 0): DropEntry => ({ name, cameAtMs: NOW - ageMs, identity: `id of ${name}` });

function pair(names: readonly string[], busy: readonly string[] = []): Record<string, unknown> {
  const decision = pairFiles(
    names.map((name) => entry(name)),
    { nowMs: NOW, markerGraceMs: GRACE, busy: new Set(busy), cameWhole: () => true },
  );
  const { ready, cancelled, orphanMarkers, waiting } = decision;
  const told = {
    ready: ready.map(({ data, marker }) => `${data.name} + ${marker.name}`),
    cancelled: cancelled.map(
      ({ cancel, data, marker }) => `${cancel.name}: ${data?.name ?? '-'} + ${marker?.name ?? '-'}`,
    ),
    orphans: orphanMarkers.map(({ base, marker }) => `${marker.name}: ${findMeant(base, names) ?? '-'}`),
    waiting: waiting.map(({ data }) => data.name),
  };
  return Object.fromEntries(Object.entries(told).filter(([, list]) => list.length > 0));
}

it.each([
  [['X', 'X.ok'], { ready: ['X + X.ok'] }],
  [['X.csv', 'X.ok'], { ready: ['X.csv + X.ok'] }],
  [['X.json', 'X.csv.ok'], { ready: ['X.json + X.csv.ok'] }],
  [['X', 'X.json.ok'], { ready: ['X + X.json.ok'] }],
  [['X.CSV', 'X.Csv.OK'], { ready: ['X.CSV + X.Csv.OK'] }],
  [['not a name', 'not a name.ok'], { ready: ['not a name + not a name.ok'] }],
  [['X.ok', 'X', 'Y.csv.ok', 'Y.csv'], { ready: ['X + X.ok', 'Y.csv + Y.csv.ok'] }],
  [['X', 'X.csv', 'X.ok'], { ready: ['X + X.ok'], waiting: ['X.csv'] }],
  [['X', 'X.csv', 'X.csv.ok'], { ready: ['X.csv + X.csv.ok'], waiting: ['X'] }],
  [['X', 'X.csv', 'X.ok', 'X.csv.ok'], { ready: ['X.csv + X.csv.ok', 'X + X.ok'] }],
  [['X.csv', 'X.json', 'X.ok', 'X.csv.ok'], { ready: ['X.csv + X.csv.ok', 'X.json + X.ok'] }],
  [['X.csv'], { waiting: ['X.csv'] }],
  [['X.ok'], { orphans: ['X.ok: -'] }],
  [['X.ok', 'X.txt'], { orphans: ['X.ok: X.txt'] }],
  [['X.txt.ok', 'X.txt'], { orphans: ['X.txt.ok: X.txt'] }],
  [['X.ok', 'X.csv.gz'], { orphans: ['X.ok: X.csv.gz'] }],
  [['X.ok', 'X.csv.filepart'], { orphans: ['X.ok: X.csv.filepart'] }],
  [['X.ok', 'x.csv'], { orphans: ['X.ok: x.csv'], waiting: ['x.csv'] }],
  [['X.ok', 'XY.csv'], { orphans: ['X.ok: -'], waiting: ['XY.csv'] }],
  [['X.filepart', '.hidden', 'X.txt'], {}],
  [['X', 'X.cancel'], { cancelled: ['X.cancel: X + -'] }],
  [['X.csv', 'X.ok', 'X.cancel'], { cancelled: ['X.cancel: X.csv + X.ok'] }],
  [
    ['X.csv', 'X.json', 'X.json.ok', 'X.csv.cancel'],
    { cancelled: ['X.csv.cancel: X.csv + -'], ready: ['X.json + X.json.ok'] },
  ],
  [['X.cancel'], { cancelled: ['X.cancel: - + -'] }],
])('%j', (names, expected) => {
  expect(pair(names)).toEqual(expected);
});

it.each([
  [['X', 'X.ok'], ['X']],
  [['X', 'X.ok'], ['X.ok']],
  [['X.ok'], ['X.csv']],
  [['X.csv', 'X.cancel'], ['X.ok']],
])('%j decides nothing while %j is busy', (names, busy) => {
  expect(pair(names, busy)).toEqual({});
});

it('lets a cancel withdraw what was there when it came, and nothing that came later', () => {
  const context = { nowMs: NOW, markerGraceMs: GRACE, busy: new Set<string>(), cameWhole: () => true };
  const files = [entry('A', 5), entry('A.ok', 4), entry('A.cancel', 5), entry('B', 4), entry('B.ok', 3)];
  const decision = pairFiles([...files, entry('B.cancel', 5)], context);
  expect(decision.cancelled).toMatchObject([
    { data: { name: 'A' }, marker: { name: 'A.ok' } },
    { data: null, marker: null },
  ]);
  expect(decision.ready).toMatchObject([{ data: { name: 'B' }, marker: { name: 'B.ok' } }]);
});

it.each([
  ['came before its marker', 3_000, 1_000, false, 1],
  ['came with it', 1_000, 1_000, false, 1],
  ['came after it', 1_000, 3_000, false, 0],
  ['came after it, whole', 1_000, 3_000, true, 1],
  ['came after it and is quiet', QUIET_MS, 3_000, false, 1],
  ['came after it, before the clock was set back', -3_600_000, -3_590_000, false, 1],
])('takes up data that %s or waits', (_what, dataAgeMs, markerAgeMs, whole, ready) => {
  const context = { nowMs: NOW, markerGraceMs: GRACE, busy: new Set<string>(), cameWhole: () => whole };
  const decision = pairFiles([entry('X', dataAgeMs), entry('X.ok', markerAgeMs)], context);
  expect(decision.ready).toHaveLength(ready);
  expect([...decision.waiting, ...decision.orphanMarkers]).toEqual([]);
});

it('tells ages, and when the grace time of a marker is over', () => {
  const context = { nowMs: NOW, markerGraceMs: GRACE, busy: new Set<string>(), cameWhole: () => true };
  const decision = pairFiles([entry('A.ok', GRACE), entry('B.ok', GRACE + 1), entry('C', 5), entry('D', -5)], context);
  expect(decision.orphanMarkers).toMatchObject([
    { base: 'A', ageMs: GRACE, overdue: false },
    { base: 'B', ageMs: GRACE + 1, overdue: true },
  ]);
  expect(decision.waiting).toMatchObject([{ ageMs: 5 }, { ageMs: 0 }]);
});

it('lets the grace time of a marker from before the clock was set back be over', () => {
  const context = { nowMs: NOW, markerGraceMs: GRACE, busy: new Set<string>(), cameWhole: () => true };
  expect(pairFiles([entry('X.ok', -GRACE - 1)], context).orphanMarkers).toMatchObject([{ overdue: true }]);
});

it('uses no file twice and forgets none', () => {
  const name = fc
    .tuple(
      fc.constantFrom('X', 'Y'),
      fc.constantFrom('', '.csv', '.JSON', '.txt'),
      fc.constantFrom('', '.ok', '.cancel'),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      const { ready, cancelled, orphanMarkers, waiting } = pairFiles(
        names.map((each) => entry(each)),
        { nowMs: NOW, markerGraceMs: GRACE, busy: new Set(), cameWhole: () => true },
      );
      const used = [
        ...ready.flatMap(({ data, marker }) => [data, marker]),
        ...cancelled.flatMap(({ cancel, data, marker }) => [cancel, data, marker]),
        ...orphanMarkers.map(({ marker }) => marker),
        ...waiting.map(({ data }) => data),
      ].flatMap((file) => (file === null ? [] : [file.name]));
      expect(used.sort()).toEqual(names.filter((each) => !/\.txt$/.test(each)).sort());
    }),
  );
});
