/** The second reader as the thread it is in the daemon: what it brings, what its failures cost, and that it ends. */
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type * as SecondReaderModule from '../../src/daemon/second-reader';
import type { SecondReader } from '../../src/pipeline/second-reader';
import { PROJECT_ROOT } from '../support/built-daemon';
import { catalogue, deliver, file, rows, type Seen } from '../support/deliver-for-comparison';
import { temporaryFolder } from '../integration/sqlite/temporary-folder';

// The built program, because only that has a thread to start.
const built = createRequire(join(PROJECT_ROOT, 'dist/main.js'));
const { createSecondReader } = built('./daemon/second-reader') as typeof SecondReaderModule;

const dir = temporaryFolder();
const content = file(rows(2_000));
let alone: Seen;
beforeAll(async () => {
  alone = await deliver({ content }, null);
});

interface Tried {
  readonly seen: Seen;
  /** Whether the second part was taken over. */
  readonly given: boolean[];
}

/** Delivers the file with what `reader` brings. */
async function deliverWith(reader: SecondReader): Promise<Tried> {
  const given: boolean[] = [];
  const watched: SecondReader = {
    begin(task) {
      const inHand = reader.begin(task);
      return {
        take() {
          const rest = inHand.take();
          given.push(rest !== null);
          return rest;
        },
        end: () => inHand.end(),
      };
    },
  };
  return { seen: await deliver({ content }, watched), given };
}

function script(name: string, text: string): string {
  const path = join(dir, `${name}.cjs`);
  writeFileSync(path, text);
  return path;
}

test('the thread brings its part, of one file after the other', async () => {
  let steps = 0;
  const reader = createSecondReader({ catalogue, step: () => steps++ });
  for (let i = 0; i < 2; i++) expect(await deliverWith(reader)).toEqual({ seen: alone, given: [true] });
  expect(steps).toBeGreaterThan(0);
});

const failures: [string, string][] = [
  ['that cannot start', `throw new Error('no start')`],
  ['that ends at once', 'process.exit(1)'],
  ['that never comes back', `require('node:worker_threads').workerData.port.on('message', () => { for (;;); })`],
];
test.each(failures)('a thread %s is done without, each time anew', async (name, text) => {
  const reader = createSecondReader({ catalogue, step: () => undefined, script: script(name, text), stuckMs: 300 });
  for (let i = 0; i < 2; i++) expect(await deliverWith(reader)).toEqual({ seen: alone, given: [false] });
});

test('what the thread is given up for does not harm the next file', async () => {
  const reader = createSecondReader({ catalogue, step: () => undefined });
  const impatient: SecondReader = {
    begin(task) {
      reader.begin(task).end();
      return { take: () => null, end: () => undefined };
    },
  };
  expect((await deliverWith(impatient)).seen).toEqual(alone);
  expect(await deliverWith(reader)).toEqual({ seen: alone, given: [true] });
});

const threads = (): number => readdirSync('/proc/self/task').length;

const endings: [string, string, string][] = [
  ['is ended, whatever it does', 'for (;;);', ''],
  ['has nothing more to do', `require('node:worker_threads').workerData.port.on('message', () => 0)`, 'close'],
];
test.each(endings)('the thread ends with its worker when that one %s', async (name, text, ending) => {
  const before = threads();
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    const { createSecondReader } = require(workerData.module);
    const reader = createSecondReader({ catalogue: {}, step: () => undefined, script: workerData.script });
    reader.begin({});
    parentPort.once('message', () => undefined);
    parentPort.postMessage('begun');`,
    {
      eval: true,
      workerData: { module: built.resolve('./daemon/second-reader'), script: script(name, text) },
    },
  );
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  await new Promise((resolve) => worker.once('message', resolve));
  expect(threads()).toBeGreaterThanOrEqual(before + 2);
  if (ending === 'close') worker.postMessage('end');
  else void worker.terminate();
  await exited;
  expect(threads()).toBe(before);
});
