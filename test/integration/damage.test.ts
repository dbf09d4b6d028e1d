/**
 * The shipped examples with every damage at the first, a middle and the last record, alone and together: exactly the
 * expected findings at exactly the expected lines, and the neighbours are stored.
 */
import type { StoredFinding } from '../../src/domain/report-source';
import { type Damage, DAMAGES, type Fields } from '../support/damages';
import {
  concerns,
  type Example,
  examples,
  positionsWithNiss,
  senderNumber,
  spoil,
  type Spoiled,
} from '../support/example-file';
import { makePipelineHome, type PipelineHome, type Processed } from '../support/pipeline-home';

const SENDERS = 5_000;
let home: PipelineHome;
let used = 0;

beforeAll(async () => {
  home = makePipelineHome({
    account: { senders: Array.from({ length: SENDERS }, (_, i) => senderNumber(i)) },
  });
  // Results of every patient of the examples, so that no variant is without its result (R311).
  for (const example of examples.filter(({ type }) => type === 'LaboratoryTestResult'))
    await deliver(example, new Map());
});
afterAll(() => home.remove());

/** Drops the spoiled example for a sender of its own. */
async function drop(example: Example, damages: ReadonlyMap<number, readonly Damage[]>): Promise<Processed & Spoiled> {
  const sender = senderNumber(used++);
  const spoiled = spoil(example, damages, sender);
  const processed = await home.drop(`${sender}_${example.type}_210510080000.${example.shape}`, spoiled.text);
  return { ...processed, ...spoiled };
}

/** Drops the spoiled example and compares what is told and what is stored. */
async function deliver(example: Example, damages: ReadonlyMap<number, readonly Damage[]>): Promise<void> {
  const { expected, rejected, batch, findings } = await drop(example, damages);
  const what = [...damages]
    .map(([at, all]) => `record ${at + 1}: ${all.map((each) => each.name).join(', ')}`)
    .join('; ');
  expect([what, findings.map(brief).sort()]).toEqual([what, expected]);
  const records = example.records.length;
  expect(batch).toMatchObject({ records, accepted: records - rejected.size, rejected: rejected.size, duplicate: 0 });
  const stored = home.query(`SELECT _record FROM "${example.type}" WHERE _batch_id = ? ORDER BY _record`, batch.id);
  const neighbours = example.records.map((_, at) => at + 1).filter((record) => !rejected.has(record));
  expect(stored.map(({ _record }) => _record)).toEqual(neighbours);
}

function brief({ severity, code, field, line, record }: StoredFinding): string {
  return `${severity} ${code} ${field ?? ''} line ${String(line)} record ${String(record)}`;
}

function placesOf(example: Example): readonly [number, number, number] {
  const all = positionsWithNiss(example);
  return [all[0]!, all[Math.floor(all.length / 2)]!, all.at(-1)!];
}

describe.each(examples)('$name', (example) => {
  const damages = DAMAGES.filter((damage) => concerns(example, damage));
  const places = placesOf(example);

  it('has enough records, and most damages concern it', () => {
    expect(new Set(places).size).toBe(3);
    expect(damages.length).toBeGreaterThanOrEqual(20);
  });

  it.each(damages)('$name', async (damage) => {
    for (const at of places) await deliver(example, new Map([[at, [damage]]]));
  });

  it('several damages in several records', async () => {
    for (const [index] of damages.entries()) {
      const chosen = (stride: number): readonly Damage[] =>
        together(
          example,
          [0, 1, 2].map((n) => pick(damages, index + n * stride)),
        );
      await deliver(example, new Map(places.map((at, place) => [at, chosen([1, 5, 7][place]!)])));
    }
  });
});

describe.each(examples)('$name: one record twice', (example) => {
  const [first, , last] = placesOf(example);
  const copied = (changes: Fields): Example => ({
    ...example,
    records: [...example.records, { ...example.records[first]!, ...changes }],
  });

  it('equal: stored once', async () => {
    const { batch, findings } = await drop(copied({}), new Map());
    const line = lineOf(copied({}), example.records.length);
    expect(findings.map(brief)).toEqual([`info D405  line ${line} record ${example.records.length + 1}`]);
    expect(batch).toMatchObject({ accepted: example.records.length, rejected: 0, duplicate: 1 });
  });

  it('other values: neither is stored', async () => {
    const twins = copied({ TelephoneNumberLLPat: '02 555 99 99' });
    const { batch, findings } = await drop(twins, new Map());
    const lines = [first, example.records.length].map((at) => lineOf(twins, at));
    expect(findings.map(brief)).toEqual([
      `error D403  line ${lines[0]} record ${first + 1}`,
      `error D403  line ${lines[1]} record ${example.records.length + 1}`,
    ]);
    expect(findings.map(({ params }) => params)).toEqual([{ lines: String(lines[1]) }, { lines: String(lines[0]) }]);
    expect(batch).toMatchObject({ accepted: example.records.length - 1, rejected: 2, duplicate: 0 });
  });

  it('one rejected for another reason takes no part', async () => {
    const damage = DAMAGES.find(({ name }) => name === 'a mandatory value missing')!;
    const twins = copied({});
    const { batch, findings } = await drop(
      twins,
      new Map([
        [first, [damage]],
        [last, [damage]],
      ]),
    );
    expect(findings.map(({ code, record }) => [code, record])).toEqual([
      ['V200', first + 1],
      ['V200', last + 1],
    ]);
    expect(batch).toMatchObject({ accepted: example.records.length - 1, rejected: 2, duplicate: 0 });
  });
});

/** The line on which a record begins. */
function lineOf(example: Example, at: number): number {
  return example.shape === 'csv' ? at + 2 : 2 + at * (example.fields.length + 2);
}

function pick(damages: readonly Damage[], index: number): Damage {
  return damages[index % damages.length]!;
}

/** Those that can stand in one record: each its own fields, and nothing that a reader refuses beside broken structure. */
function together({ type }: Example, damages: readonly Damage[]): readonly Damage[] {
  const fieldsOf = (damage: Damage): readonly string[] => damage.expected(type).map(([, , field]) => field);
  const chosen: Damage[] = [];
  for (const damage of damages) {
    const all = [damage, ...chosen];
    const structural = all.some(({ group }) => group === 'structure');
    const refused = all.some((each) => each.expected(type).some(([, code]) => code === 'P103' || code === 'P110'));
    const taken =
      chosen.some(({ group }) => group === damage.group) ||
      chosen.some((each) => fieldsOf(each).some((field) => fieldsOf(damage).includes(field)));
    if (!taken && !(structural && refused)) chosen.push(damage);
  }
  return chosen;
}
