/** What a thread does with a file that waits for its marker: it leaves nothing, and keeps nobody waiting. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { dropFolder, warmUpPath } from '../../src/adapters/spool/data-folders';
import { findStrays } from '../../src/adapters/spool/find-leftovers';
import type * as LaneModule from '../../src/daemon/lane';
import type * as SecondReaderModule from '../../src/daemon/second-reader';
import type * as WarmUpModule from '../../src/daemon/warm-up';
import type { WorkerReply } from '../../src/daemon/worker-messages';
import type { RestInHand, RestRead, RestTask, SecondReader } from '../../src/pipeline/second-reader';
import { PROJECT_ROOT } from '../support/built-daemon';
import { catalogue, file, rows } from '../support/deliver-for-comparison';
import { makePipelineHome, type PipelineHome } from '../support/pipeline-home';
import { LABORATORY_EXAMPLE } from '../support/shipped-examples';
import { stagedNames } from '../support/staged-names';
import { until } from '../support/until';

// The built program, because only that has threads to start.
const built = createRequire(join(PROJECT_ROOT, 'dist/main.js'));
const { warmUp } = built('./daemon/warm-up') as typeof WarmUpModule;
const { createSecondReader } = built('./daemon/second-reader') as typeof SecondReaderModule;
const { createLane, LANE_DEFAULTS } = built('./daemon/lane') as typeof LaneModule;

const CONTENT = file(rows(3_000));

let home: PipelineHome;
beforeEach(() => {
  home = makePipelineHome({ catalogue });
});
afterEach(() => {
  home.remove();
});

const path = (name: string): string => join(dropFolder(home.folders, 'lab', 'root'), name);

function warmUpWith(name: string, secondReader: SecondReader | null, isWanted = (): boolean => false): boolean {
  const { stagingDir } = home.folders;
  const ended = warmUp({ path: path(name), stagingDir, ports: { ...home.ports, secondReader }, isWanted });
  expect(readdirSync(stagingDir)).toEqual([]);
  return ended;
}

test('it comes to its end, with both readers, and nothing is left but the file as it was', () => {
  home.put(LABORATORY_EXAMPLE, CONTENT);
  const before = statSync(path(LABORATORY_EXAMPLE), { bigint: true });
  const reader = createSecondReader({ catalogue, step: () => undefined });
  const parts: (RestRead | null)[] = [];
  const begin = (task: RestTask): RestInHand => {
    const inHand = reader.begin(task);
    const take = (): RestRead | null => {
      const part = inHand.take();
      parts.push(part);
      return part;
    };
    return { ...inHand, take };
  };
  expect(warmUpWith(LABORATORY_EXAMPLE, { begin })).toBe(true);
  expect(parts).toEqual([expect.objectContaining({ found: expect.anything() as unknown })]);
  const { ino, size, mtimeNs } = statSync(path(LABORATORY_EXAMPLE), { bigint: true });
  expect({ ino, size, mtimeNs }).toEqual({ ino: before.ino, size: before.size, mtimeNs: before.mtimeNs });
  expect(readFileSync(path(LABORATORY_EXAMPLE), 'utf8')).toBe(CONTENT);
  expect(home.query('SELECT count(*) AS n FROM batches UNION ALL SELECT count(*) FROM LaboratoryTestResult')).toEqual([
    { n: 0 },
    { n: 0 },
  ]);
});

test.each([
  ['without a line end', 'x'.repeat(100_000)],
  ['of other columns', 'A;B\n1;2\n'],
  ['with nothing in it', ''],
  ['of bytes', Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256))],
])('a file %s harms nobody', (_, content) => {
  home.put(LABORATORY_EXAMPLE, content);
  expect(() => warmUpWith(LABORATORY_EXAMPLE, null)).not.toThrow();
});

test('JSON cut off in the middle, a name that says nothing, a file that is gone', () => {
  home.put(`${LABORATORY_EXAMPLE}.json`, '[\n{"a":"1"},\n{"a":');
  home.put('anything', CONTENT);
  for (const name of [`${LABORATORY_EXAMPLE}.json`, 'anything', 'gone'])
    expect(() => warmUpWith(name, null)).not.toThrow();
});

test('it ends as soon as something else is wanted, and the second reader is free again', () => {
  home.put(LABORATORY_EXAMPLE, CONTENT);
  const reader = createSecondReader({ catalogue, step: () => undefined });
  expect(warmUpWith(LABORATORY_EXAMPLE, reader, () => true)).toBe(false);
  expect(warmUpWith(LABORATORY_EXAMPLE, reader)).toBe(true);
});

describe('in a lane', () => {
  const waiting = { account: 'lab', folder: 'root', fileName: LABORATORY_EXAMPLE, bytes: 0 } as const;
  // Long enough to be met in the middle.
  const large = file(rows(20_000));

  const lanes: LaneModule.Lane[] = [];
  // Whatever a test came to: a thread that goes on keeps the run from ending.
  afterEach(() => Promise.all(lanes.splice(0).map((lane) => lane.terminate())));

  function bulkLane(): LaneModule.Lane {
    const settings = { dataDir: home.folders.dataDir, catalogue, rules: home.ports.rules };
    const lane = createLane('bulk', settings, LANE_DEFAULTS, (fault) => {
      throw new Error(fault.message);
    });
    lanes.push(lane);
    return lane;
  }

  async function processed(lane: LaneModule.Lane): Promise<Extract<WorkerReply, { kind: 'processed' }>> {
    const batches = (await home.offered()).map((origin) => ({ origin, submitter: home.account }));
    const reply = await lane.ask({ kind: 'process', batches });
    if (reply.kind !== 'processed') throw new Error(JSON.stringify(reply));
    return reply;
  }

  async function warmingUp(lane: LaneModule.Lane): Promise<void> {
    lane.prepare(waiting);
    await until(() => existsSync(warmUpPath(home.folders.stagingDir)), 'the warm-up');
  }

  it('gives way to the batch that comes, which may be that very file', async () => {
    home.put(LABORATORY_EXAMPLE, large);
    const lane = bulkLane();
    await warmingUp(lane);
    home.put(`${LABORATORY_EXAMPLE}.ok`, '');
    const { ends } = await processed(lane);
    expect(ends).toMatchObject([{ kind: 'ended', result: { batch: { records: 20_000, outcome: 'ACCEPTED' } } }]);
    expect(stagedNames(home.folders)).toEqual([]);
    expect(home.query('SELECT count(*) AS n FROM LaboratoryTestResult')).toEqual([{ n: 20_000 }]);
    await lane.close();
  });

  it('warms up once, and ends in the middle of it when it is told to', async () => {
    home.put(LABORATORY_EXAMPLE, large);
    const lane = bulkLane();
    await warmingUp(lane);
    await lane.close();
    expect(stagedNames(home.folders)).toEqual([]);
    // A thread that is started anew answers at once: no sample lies there.
    lane.prepare(waiting);
    home.put(`${LABORATORY_EXAMPLE}.ok`, '');
    let seen = false;
    const looking = setInterval(() => (seen ||= existsSync(warmUpPath(home.folders.stagingDir))), 1);
    await processed(lane);
    clearInterval(looking);
    expect(seen).toBe(false);
    await lane.close();
  });
});

test("what a killed process left of one is nobody's business but the next one's", () => {
  const sample = warmUpPath(home.folders.stagingDir);
  for (const ending of ['data', 'staging', 'incoming']) writeFileSync(sample.replace(/data$/, ending), 'left');
  expect([...findStrays(home.folders, () => false)]).toEqual([]);
  home.put(LABORATORY_EXAMPLE, CONTENT);
  expect(warmUpWith(LABORATORY_EXAMPLE, null)).toBe(true);
});
