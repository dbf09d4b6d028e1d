/**
 * A selection of the crash harness (`npm run test:crash` runs all of it), and the proof that it can fail: wrong orders of
 * steps, which exist in the harness only, must each be caught.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/built-daemon';

interface Summary {
  readonly kills: number;
  readonly errors: number;
  readonly missed: number;
  readonly problems: readonly string[];
}

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-test-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** @throws what the harness printed, when it ended without a summary */
async function runHarness(args: readonly string[]): Promise<Summary> {
  const summaryPath = join(dir, 'summary.json');
  rmSync(summaryPath, { force: true });
  const script = join(PROJECT_ROOT, 'test/crash/run.mjs');
  const child = spawn(process.execPath, [script, ...args, '--json', summaryPath], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once('exit', resolve));
  try {
    return JSON.parse(readFileSync(summaryPath, 'utf8')) as Summary;
  } catch (cause) {
    throw new Error(output, { cause });
  }
}

it('loses, repeats and half-delivers nothing, whether it is killed between two steps or a step fails', async () => {
  const kills = await runHarness(['--mode', 'kill', '--per-kind', '1', '--limit', '12']);
  expect(kills).toMatchObject({ kills: 12, missed: 0, problems: [] });
  const again = await runHarness(['--mode', 'kill', '--per-kind', '1', '--limit', '4', '--again']);
  expect(again).toMatchObject({ kills: 4, missed: 0, problems: [] });
  const errors = await runHarness(['--mode', 'error', '--per-kind', '1', '--limit', '10', '--width', '2']);
  expect(errors).toMatchObject({ errors: 10, missed: 0, problems: [] });
}, 300_000);

it('loses nothing either of batches that two threads read and stage in files, as large ones are', async () => {
  const kills = await runHarness(['--on-disk', '--mode', 'kill', '--per-kind', '1', '--limit', '6']);
  expect(kills).toMatchObject({ kills: 6, missed: 0, problems: [] });
  const errors = await runHarness(['--on-disk', '--mode', 'error', '--per-kind', '1', '--limit', '4', '--width', '2']);
  expect(errors).toMatchObject({ errors: 4, missed: 0, problems: [] });
}, 300_000);

it('keeps what a client heard OK for, whatever the thread that serves it is doing when it is killed', async () => {
  const kills = await runHarness(['--thread', 'main', '--mode', 'kill', '--per-kind', '1', '--limit', '4']);
  expect(kills).toMatchObject({ kills: 4, missed: 0, problems: [] });
}, 300_000);

/** Killed when the first upload is about to get its name. */
const AT_UPLOAD = ['--mode', 'kill', '--call', 'rename', '--at', 'uploads/lab/root/210510080500.csv', '--limit', '1'];
/** Killed when report.json is about to be renamed into place. */
const AT_REPORT = ['--mode', 'kill', '--call', 'rename', '--at', 'report.json', '--limit', '1'];

it.each([
  ['answer-first', ['--thread', 'main', ...AT_UPLOAD], '.csv: the data is gone'],
  ['marker-first', AT_REPORT, 'the marker is gone before the reports were delivered'],
  ['archive-first', AT_REPORT, 'it is archived before its reports were delivered'],
  ['announce-first', AT_REPORT, 'announced without'],
])(
  'would see the wrong order %s',
  async (wrongOrder, at, told) => {
    const summary = await runHarness([...at, '--wrong-order', wrongOrder]);
    expect(summary).toMatchObject({ kills: 1, missed: 0 });
    expect(summary.problems.join('\n')).toContain(told);
  },
  120_000,
);
