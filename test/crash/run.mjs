/**
 * Stops the built daemon at system calls of the journey, or lets them fail, and checks from outside what must hold
 * then and in the end:
 *
 *   npm run test:crash -- [--thread journey|main] [--mode kill|error|all|list] [--call NAME] [--at PATH] [--per-kind N]
 *                         [--limit N] [--skip N] [--width N] [--again] [--on-disk] [--jobs N]
 *                         [--wrong-order NAME] [--json FILE]
 *
 * --thread    the worker's that moves the batches, or the main one's (and its pool's) while OpenSSH's client uploads
 * --per-kind  so many points of each call and place; without it, all of them
 * --limit     so many points in all, spread evenly
 * --skip      the first so many of them are left out: a run that was cut short goes on
 * --again     the start after a kill is killed as well
 * --on-disk   every batch is staged in files, as large ones are; for the worker's thread
 * --width     so many calls in a row fail
 *
 * Exit status 1 when anything did not hold. Needs strace and the right to trace.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as journeyRuns from './journey-runs.mjs';
import { describe, selectPoints, spread } from './points.mjs';
import { ERRORS } from './tampering.mjs';
import * as uploadRuns from './upload-runs.mjs';

const { values: options } = parseArgs({
  options: {
    thread: { type: 'string', default: 'journey' },
    mode: { type: 'string', default: 'all' },
    call: { type: 'string' },
    at: { type: 'string', default: '' },
    'per-kind': { type: 'string' },
    limit: { type: 'string' },
    skip: { type: 'string', default: '0' },
    width: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    again: { type: 'boolean', default: false },
    'on-disk': { type: 'boolean', default: false },
    'wrong-order': { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const PROGRESS_EVERY = 20;
const wrongOrder = options['wrong-order'];
const { takeReference, killAt, failAt } = options.thread === 'main' ? uploadRuns : journeyRuns;

/** The runs that were asked for. */
function chooseItems(points) {
  const named = points.filter(({ call, path }) => (options.call ?? call) === call && path.includes(options.at));
  const perKind = options['per-kind'];
  const chosen = perKind === undefined ? named : selectPoints(named, Number(perKind));
  const kills = chosen.filter(({ changes }) => changes).map((point) => ({ ...point, kind: 'kill' }));
  const errors = chosen.flatMap((point) =>
    (ERRORS[point.call] ?? []).map((errno) => ({ ...point, kind: 'error', errno, width: widthFor(point) })),
  );
  const items = { kill: kills, error: errors, all: [...kills, ...errors], list: [] }[options.mode];
  if (options.mode === 'list') for (const point of chosen) console.log(describe(point));
  const limited = options.limit === undefined ? items : spread(items, Number(options.limit));
  return limited.slice(Number(options.skip));
}

/** The thread's own wake-ups, which Node does not survive without, are reads and writes too: these fail one by one. */
function widthFor({ call }) {
  return call === 'read' || call === 'write' ? 1 : Number(options.width);
}

/** Runs over all items, `jobs` at a time. */
async function runAll(items, jobs, run) {
  const results = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const item = items[next++];
      const result = await run(item).catch((error) => ({ problems: [String(error.message)], missed: false }));
      const label = `${item.kind} ${item.errno ?? ''} ${describe(item)}`;
      results.push({ ...result, problems: result.problems.map((problem) => `${label}: ${problem}`) });
      if (results.length % PROGRESS_EVERY === 0) console.error(`${results.length} of ${items.length}`);
      if (result.problems.length === 0 && !result.missed) continue;
      console.log(`${label}${result.missed ? ' was not met' : ''}`);
      for (const problem of result.problems) console.log(`    ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  return results;
}

const started = performance.now();
if (spawnSync('strace', ['-V']).status !== 0) throw new Error('strace is not here: apt-get install strace');
const reference = await takeReference({ wrongOrder, onDisk: options['on-disk'] });
const items = chooseItems(reference.points);
const results = await runAll(items, Number(options.jobs), (item) =>
  item.kind === 'kill' ? killAt(item, reference, { wrongOrder, again: options.again }) : failAt(item, reference),
);
const summary = {
  kills: items.filter(({ kind }) => kind === 'kill').length,
  errors: items.filter(({ kind }) => kind === 'error').length,
  missed: results.filter(({ missed }) => missed).length,
  violations: results.filter(({ problems }) => problems.length > 0).length,
  problems: results.flatMap(({ problems }) => problems),
  seconds: Math.round((performance.now() - started) / 1000),
};
console.log(
  `${summary.kills} kill points, ${summary.errors} error points, ${summary.missed} not met, ` +
    `${summary.violations} violations, ${summary.seconds} s`,
);
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(summary));
// A daemon that is still there, because its run ended with an error, ends with this process.
process.exit(summary.violations > 0 ? 1 : 0);
