/**
 * One run of the journey each: undisturbed, killed at a call, or with calls that fail. Each has a home of its own, and
 * tells what did not hold.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEnd, checkReference, reportsByBatch } from './check-end.mjs';
import { checkMoment } from './check-moment.mjs';
import { finish, startDaemon, untilFinished } from './daemon.mjs';
import { failedWhileClosing, isMetBy, missedIn, readPoints, TRACED } from './points.mjs';
import { dropBatches } from './scenario.mjs';
import { takeSnapshot } from './snapshot.mjs';
import { injection, untilMet, withHome } from './tampering.mjs';

const LINES_AROUND = 10;

/**
 * An undisturbed run: what it leaves, held against the input, and which calls it makes.
 * @param onDisk as for a home, here and in all runs that are compared with it
 */
export function takeReference({ wrongOrder, onDisk }) {
  return withHome(
    async (home, tracePath) => {
      dropBatches(home);
      const strace = ['-s', '0', '-o', tracePath, '-e', `trace=${TRACED.join(',')}`];
      await finish(home, await startDaemon(home, { strace, wrongOrder }));
      const snapshot = takeSnapshot(home);
      const problems = checkReference(home, snapshot);
      if (problems.length > 0) throw new Error(`the undisturbed run is wrong: ${problems.join('; ')}`);
      const points = readPoints(readFileSync(tracePath, 'utf8'), home.dataDir);
      return { snapshot, reports: reportsByBatch(home.batches, snapshot), points, onDisk };
    },
    { onDisk },
  );
}

/**
 * @param again the start after the kill is killed, too, at half as many of these calls; the one after that must do
 * @returns {Promise<Verdict>}
 */
export function killAt(wanted, reference, { wrongOrder = '', again = false } = {}) {
  return untilMet(wanted, (point) =>
    withHome(
      async (home, tracePath) => {
        dropBatches(home);
        const daemon = await startDaemon(home, { strace: injection(point, 'signal=KILL', 1, tracePath), wrongOrder });
        // The last points are those of the store that closes.
        if (await untilFinished(home, daemon)) await daemon.stop();
        const trace = readFileSync(tracePath, 'utf8');
        if (!isMetBy(trace, point, home.dataDir)) return missedIn(trace, point, home.dataDir);
        const atOnce = checkMoment(home, reference).map((problem) => `at the kill: ${problem}`);
        if (again) atOnce.push(...(await killOnceMore(home, point, reference)));
        await finish(home, await startDaemon(home, { wrongOrder }));
        return { problems: [...atOnce, ...checkEnd(home, reference)], missed: false };
      },
      { onDisk: reference.onDisk },
    ),
  );
}

async function killOnceMore(home, point, reference) {
  const half = { ...point, number: Math.ceil(point.number / 2) };
  const daemon = await startDaemon(home, { strace: injection(half, 'signal=KILL', 1, join(home.dir, 'trace-again')) });
  if (await untilFinished(home, daemon)) await daemon.stop();
  return checkMoment(home, reference).map((problem) => `at the second kill: ${problem}`);
}

/**
 * The calls from the point on fail for a while. The daemon must say so, try again by itself, and end as ever; only while
 * it starts may it give up, and then its next start must do.
 * @returns {Promise<Verdict>}
 */
export function failAt({ errno, width, ...wanted }, reference) {
  return untilMet(wanted, (point) =>
    withHome(
      async (home, tracePath) => {
        dropBatches(home);
        const problems = [];
        const disturbed = await startDaemon(home, { strace: injection(point, `error=${errno}`, width, tracePath) });
        let daemon = disturbed;
        if (!(await untilFinished(home, daemon))) {
          const { code, signal } = await daemon.child.ended;
          const gaveUp = point.starting && code === 70 && /cannot start: /.test(daemon.output);
          if (!gaveUp) problems.push(`the daemon ended with ${code ?? signal}: ${daemon.output}`);
          daemon = await startDaemon(home);
        }
        await finish(home, daemon);
        // Looked at when it has ended: the store may tell of the end before the log's last lines are here.
        const isTold = /"event":"(batch\.(retry|part)|fault)"/.test(daemon.output);
        const trace = readFileSync(tracePath, 'utf8');
        if (!isMetBy(trace, point, home.dataDir)) return missedIn(trace, point, home.dataDir);
        if (daemon === disturbed && !isMadeUpBySqlite(point, failedWhileClosing(trace, home.dataDir)) && !isTold)
          problems.push(`no fault was logged: ${daemon.output}${around(trace)}`);
        if (/unhandled|\n {4}at /i.test(daemon.output)) problems.push(`an error escaped: ${daemon.output}`);
        return { problems: [...problems, ...checkEnd(home, reference)], missed: false };
      },
      { onDisk: reference.onDisk },
    ),
  );
}

/** The calls around those that failed. */
function around(trace) {
  const lines = trace.split('\n');
  const at = lines.findIndex((line) => line.includes('(INJECTED)'));
  return lines.slice(Math.max(0, at - LINES_AROUND), at + LINES_AROUND).join('\n');
}

/** While the store is created or closed SQLite repeats, or does without, what failed: nothing is lost by it. */
function isMadeUpBySqlite({ starting, path, call }, closing) {
  return (
    starting ||
    path === '/labdrop.db' ||
    path === '/labdrop.db-shm' ||
    (path === '/labdrop.db-wal' && (call === 'unlink' || (closing && call === 'pread64')))
  );
}
