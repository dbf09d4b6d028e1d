/**
 * Whole histories of files (corrections, repetitions, older ones that come late, conflicts, other patients' keys, files
 * sent again, replays, rehearsals) against a model of the store: rows and versions, outcome, counts, and what is told of
 * each key. The same however the files are staged.
 */
import fc from 'fast-check';
import { versionOrder } from '../../src/stages/route/version-order';
import { examples, senderNumber } from '../support/example-file';
import { makePipelineHome, type PipelineHome, type Processed } from '../support/pipeline-home';
import { SENDER } from '../support/shipped-examples';
import { type ModelFile, type ModelRecord, StoreModel } from '../support/store-model';

const TYPE = 'LaboratoryTestResult';
const PATIENTS = ['85073003328', '92122407161'] as const;
const RESULTS = ['260373001', '260415000', '419984006'] as const;
const example = examples.find(({ type, shape }) => type === TYPE && shape === 'csv')!;
const HISTORIES = 6;
/** A sender of its own, and so a store of its own, for each history, those that are tried for a smaller one included. */
const SENDERS = 2_000;

interface Sent {
  readonly kind: 'file';
  readonly day: number;
  readonly rehearsal: boolean;
  readonly records: readonly ModelRecord[];
}

/** What came in an earlier step comes again: as another file, or as a replay. */
interface Again {
  readonly kind: 'again' | 'replay';
  readonly day: number;
  readonly of: number;
}

type Step = Sent | Again;

const often = <T>(usual: T, other: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });
const record: fc.Arbitrary<ModelRecord> = fc.record({
  key: fc.constantFrom('K1', 'K2', 'K3', 'K4', 'K5'),
  patient: often<string>(...PATIENTS),
  content: fc.constantFrom(...RESULTS),
  wrong: often(false, true),
});
const day = fc.integer({ min: 10, max: 28 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('file' as const),
      day,
      rehearsal: often(false, true),
      records: fc.array(record, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('again' as const, 'replay' as const), day, of: fc.nat(20) }),
  },
);
const histories = fc.array(step, { minLength: 10, maxLength: 16 });

/** Of everything that can be told of a key, something. */
const [A, B, C] = RESULTS;
const of = (key: string, content: string, patient: string = PATIENTS[0]): ModelRecord => ({
  ...{ key, content, patient, wrong: false },
});
const file = (day: number, ...records: readonly ModelRecord[]): Step => ({
  ...{ kind: 'file', rehearsal: false, day, records },
});
const telling: readonly Step[] = [
  file(12, of('K1', A), of('K2', A), of('K2', A)),
  file(13, of('K1', B), of('K2', A, PATIENTS[1]), of('K3', A), of('K3', B)),
  file(11, of('K1', C), of('K2', A)),
  { kind: 'again', day: 10, of: 0 },
];

function write(records: readonly ModelRecord[], sender: string): string {
  const [base] = example.records;
  const rows = records.map(({ key, patient, content, wrong }) => {
    const own = { TestId1: key, PatientIdentificationNumber: patient, TestResult1: wrong ? 'none' : content };
    const fields: Readonly<Record<string, string>> = { ...base, ...own };
    return example.fields.map((field) => fields[field] ?? '').join(';');
  });
  return [example.fields.join(';'), ...rows, ''].join('\n').replaceAll(SENDER, sender);
}

describe.each([
  ['in memory', Infinity],
  ['in files', 0],
  ['now so, now so', 1_600],
])('staged %s', (_, stagedInMemoryMaxBytes) => {
  let home: PipelineHome;
  let used = 0;
  beforeAll(() => {
    const senders = Array.from({ length: SENDERS }, (__, index) => senderNumber(index));
    home = makePipelineHome({ account: { senders }, stagedInMemoryMaxBytes });
  });
  afterAll(() => home.remove());

  it('leaves what the rules say', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        for (const code of await goThrough(steps, senderNumber(used++))) seen.add(code);
      }),
      { numRuns: HISTORIES, examples: [[[...telling]]] },
    );
    expect([...seen].sort()).toEqual(['D401', 'D402', 'D403', 'D404', 'D405', 'D406']);
  }, 60_000);

  /** Gives the codes that were told. */
  async function goThrough(steps: readonly Step[], sender: string): Promise<readonly string[]> {
    const model = new StoreModel();
    const done: { readonly processed: Processed; readonly file: ModelFile }[] = [];
    const codes: string[] = [];
    for (const [number, step] of steps.entries()) {
      const first = step.kind === 'file' ? undefined : done[step.of % Math.max(1, done.length)];
      const replay = step.kind === 'replay';
      // Of a rehearsal, and of a replay, nothing is kept that could be replayed.
      if (step.kind !== 'file' && (first === undefined || first.file.rehearsal || first.file.replay)) continue;
      const records = step.kind === 'file' ? step.records : (first?.file.records ?? []);
      const rehearsal = step.kind === 'file' && step.rehearsal;
      const name = `${sender}_${TYPE}_2105${step.day}0800${String(number).padStart(2, '0')}.csv`;
      const processed =
        first !== undefined && replay
          ? home.replay(first.processed.batch)
          : await home.drop(name, write(records, sender), { folder: rehearsal ? 'test' : 'root' });
      const { batch } = processed;
      const order = replay ? (first?.file.order ?? '') : versionOrder(batch.fileTime, batch.receivedAt);
      const file = { step: done.length, name: batch.fileName, sender, order, rehearsal, replay, records };
      done.push({ processed, file });
      const stepOf = new Map(done.map((each) => [each.processed.batch.id, each.file.step]));
      const verdict = verdictOf(processed, stepOf);
      expect({ file, verdict }).toEqual({ file, verdict: model.deliver(file) });
      codes.push(...verdict.told.map((told) => told.slice(0, 4)));
      expect({ file, rows: rowsOf(sender, stepOf) }).toEqual({ file, rows: model.rows(sender) });
    }
    return codes;
  }

  function rowsOf(sender: string, stepOf: ReadonlyMap<string, number>): readonly unknown[] {
    return home
      .query(
        `SELECT r.TestId1 AS key, r.PatientIdentificationNumber AS patient, r.TestResult1 AS content,
            r._batch_id AS step, r._record AS record, r._version AS version, r._superseded_by AS supersededBy,
            s._batch_id AS otherStep, s._record AS otherRecord
          FROM ${TYPE} r LEFT JOIN ${TYPE} s ON s._id = r._superseded_by WHERE r._sender = ? ORDER BY r._id`,
        sender,
      )
      .map(({ step, supersededBy, otherStep, otherRecord, ...row }) => ({
        ...row,
        step: stepOf.get(String(step)),
        supersededBy: supersededBy === null ? null : `${stepOf.get(String(otherStep))}/${String(otherRecord)}`,
      }));
  }
});

function verdictOf({ batch, findings }: Processed, stepOf: ReadonlyMap<string, number>) {
  const { outcome, records, accepted, rejected, duplicate, corrected } = batch;
  const told = findings
    .filter(({ code }) => code.startsWith('D'))
    .map(({ code, record, params }) => {
      const shown = Object.entries(params)
        .filter(([name]) => name !== 'earlierTime')
        .map(([name, value]) => [name, name === 'earlierBatch' ? stepOf.get(String(value)) : value]);
      return `${code} ${record} ${JSON.stringify(Object.fromEntries(shown))}`;
    });
  return { outcome, counts: [records, accepted, rejected, duplicate, corrected], told: told.sort() };
}
