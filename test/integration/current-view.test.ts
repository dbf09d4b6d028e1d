/**
 * Original, duplicate, correction, correction back and replays, as files, in every order: what is current in the end is
 * what the file with the latest time in its name says, and every content is stored once.
 */
import { examples, senderNumber, spoil } from '../support/example-file';
import { makePipelineHome, type PipelineHome, type Processed } from '../support/pipeline-home';
import { permutations } from '../unit/stages/route/permutations';

const TYPE = 'LaboratoryTestResult';
const [DETECTED, NOT_DETECTED] = ['260373001', '260415000'];
const example = examples.find(({ type, shape }) => type === TYPE && shape === 'csv')!;

/** A file by the day in its name, and what it says of the first record. */
interface File {
  readonly name: string;
  readonly day: number;
  readonly result: string;
  readonly replayOf: File | null;
}

const file = (name: string, day: number, result: string): File => ({ name, day, result, replayOf: null });
const replay = (of: File): File => ({ ...of, name: `replay of ${of.name}`, replayOf: of });

const original = file('original', 10, NOT_DETECTED);
const duplicate = file('duplicate', 11, NOT_DETECTED);
const correction = file('correction', 12, DETECTED);
const back = file('correction back', 13, NOT_DETECTED);

const SENDERS = 500;
let home: PipelineHome;
let used = 0;
beforeAll(() => {
  const senders = Array.from({ length: SENDERS }, (_, index) => senderNumber(index));
  home = makePipelineHome({ account: { senders } });
});
afterAll(() => home.remove());

test.each([
  [
    'original, duplicate, correction, replays',
    [original, duplicate, correction, replay(original), replay(correction)],
    DETECTED,
  ],
  ['original, correction, correction back, replay', [original, correction, back, replay(correction)], NOT_DETECTED],
  ['corrections back and forth', [original, correction, back, file('correction again', 14, DETECTED)], DETECTED],
] as const)(
  '%s',
  async (_title, files, expected) => {
    const orders = permutations<File>(files, ({ replayOf }) => replayOf);
    expect(orders.length).toBeGreaterThanOrEqual(12);
    for (const order of orders) {
      const sender = senderNumber(used++);
      const done = new Map<File, Processed>();
      for (const each of order) done.set(each, await take(each, sender, done));
      const what = order.map(({ name }) => name).join(', ');
      expect([what, current(sender)]).toEqual([what, [expected]]);
      expect([what, contents(sender)]).toEqual([what, 2]);
      expect(home.query(`SELECT 1 FROM "current_${TYPE}" WHERE _sender = ?`, sender).length).toBe(
        example.records.length,
      );
    }
  },
  120_000,
);

/** Drops the file, or replays the batch that brought it. */
async function take(each: File, sender: string, done: ReadonlyMap<File, Processed>): Promise<Processed> {
  const replayed = each.replayOf === null ? undefined : done.get(each.replayOf)!;
  if (replayed !== undefined) return home.replay(replayed.batch);
  const [first, ...rest] = example.records;
  const changed = { ...example, records: [{ ...first!, TestResult1: each.result }, ...rest] };
  const { text } = spoil(changed, new Map(), sender);
  return home.drop(`${sender}_${TYPE}_2105${each.day}080000.csv`, text);
}

/** What the current version of the first record says. */
function current(sender: string): readonly unknown[] {
  const rows = home.query(
    `SELECT TestResult1 AS result FROM "current_${TYPE}" WHERE _sender = ? AND TestId1 = ?`,
    sender,
    TEST_ID,
  );
  return rows.map(({ result }) => result);
}

/** How many different contents of the first record are stored. */
function contents(sender: string): number {
  return home.query(`SELECT DISTINCT TestResult1 FROM "${TYPE}" WHERE _sender = ? AND TestId1 = ?`, sender, TEST_ID)
    .length;
}

const TEST_ID = example.records[0]!['TestId1'];
