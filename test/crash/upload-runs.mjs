/**
 * One run each in which OpenSSH's client uploads: undisturbed, with the daemon killed at a call of its main thread or of
 * the thread that waits for the disk for it, or with calls there that fail. What the client heard no OK for it repeats.
 */
import { readFileSync } from 'node:fs';
import { checkEnd, checkReference, reportsByBatch } from './check-end.mjs';
import { checkUploads } from './check-uploads.mjs';
import { finish, hasEnded, startDaemon, untilFinished } from './daemon.mjs';
import { isMetBy, missedIn, readPoints, TRACED } from './points.mjs';
import { configure } from './scenario.mjs';
import { takeSnapshot } from './snapshot.mjs';
import { injection, untilMet, withHome } from './tampering.mjs';
import { fillOutbox, STEPS, upload, UPLOADS } from './uploads.mjs';

/** @typedef {import('./tampering.mjs').Verdict} Verdict */

const THREADS = ['main', 'pool'];
/** The server tells of each arrival: a scan would only shift the numbers of calls. */
const WITHOUT_SCANS = 'rescanSeconds: 3600';
/** A marker that was repeated without need is cleared away soon. */
const WITH_SCANS = 'rescanSeconds: 1, markerGraceSeconds: 1';
/** The same after a client that meets no trouble has ended. */
const WITH_LATE_SCANS = 'rescanSeconds: 8, markerGraceSeconds: 1';
/** A client gives up some day. */
const TRIES = 5;
/** Calls that a client must not hear OK for when they fail. */
const PROMISED = new Set(['pwrite64', 'pwritev', 'fsync', 'rename']);

/** An undisturbed run for each thread, held against the input, and which calls they make. */
export async function takeReference() {
  const runs = await Promise.all(THREADS.map(runUndisturbed));
  const [{ snapshot, reports }] = runs;
  return { snapshot, reports, points: runs.flatMap(({ points }) => points) };
}

function runUndisturbed(thread) {
  return withUploads(async (home, tracePath) => {
    const strace = ['-s', '0', '-o', tracePath, '-e', `trace=${TRACED.join(',')}`];
    const daemon = await startDaemon(home, { strace, thread });
    if ((await upload(home, daemon)) !== STEPS.length) throw new Error(`an upload failed\n${daemon.output}`);
    await finish(home, daemon);
    const snapshot = takeSnapshot(home);
    const problems = checkReference(home, snapshot);
    if (problems.length > 0) throw new Error(`the undisturbed run is wrong: ${problems.join('; ')}`);
    const points = pointsOf(home, tracePath).map((point) => ({ ...point, thread }));
    return { snapshot, reports: reportsByBatch(home.batches, snapshot), points };
  });
}

/** Those of uploads: how the daemon is it writes down when a second is over, which is chance. */
function pointsOf(home, tracePath) {
  return readPoints(readFileSync(tracePath, 'utf8'), home.dataDir).filter(({ path }) =>
    /^\/(accounts|uploads)\//.test(path),
  );
}

/** @returns {Promise<Verdict>} */
export function killAt(wanted, reference, { wrongOrder = '' } = {}) {
  return untilMet(wanted, (point) =>
    withUploads(async (home, tracePath) => {
      const strace = injection(point, 'signal=KILL', 1, tracePath);
      let daemon = await startDaemon(home, { strace, thread: point.thread, wrongOrder });
      const heard = await upload(home, daemon);
      if (heard === STEPS.length && (await untilFinished(home, daemon))) await daemon.stop();
      await daemon.child.ended;
      await daemon.tracer.ended;
      const trace = readFileSync(tracePath, 'utf8');
      if (!isMetBy(trace, point, home.dataDir)) return missedIn(trace, point, home.dataDir);
      const atOnce = checkUploads(home, reference, heard).map((problem) => `at the kill: ${problem}`);
      if (atOnce.length > 0) return { problems: atOnce, missed: false };
      configure(home, WITH_SCANS);
      daemon = await startDaemon(home);
      const problems = await goOn(home, daemon, heard);
      await finish(home, daemon);
      return { problems: [...problems, ...checkEnd(home, reference)], missed: false };
    }),
  );
}

/**
 * Calls that fail for a while: the client hears of it where it was promised something, and the daemon goes on.
 * @returns {Promise<Verdict>}
 */
export function failAt({ errno, width, ...wanted }, reference) {
  return untilMet(wanted, (point) =>
    withUploads(async (home, tracePath) => {
      configure(home, WITH_LATE_SCANS);
      const strace = injection(point, `error=${errno}`, width, tracePath);
      const daemon = await startDaemon(home, { strace, thread: point.thread });
      const heard = await upload(home, daemon);
      const trace = readFileSync(tracePath, 'utf8');
      const problems = await goOn(home, daemon, heard);
      if (hasEnded(daemon)) problems.push(`the daemon ended: ${daemon.output}`);
      await finish(home, daemon);
      if (!isMetBy(trace, point, home.dataDir)) return missedIn(trace, point, home.dataDir);
      if (PROMISED.has(point.call) && heard === STEPS.length) problems.push('the client heard OK for what failed');
      if (heard < STEPS.length && !daemon.output.includes(errno)) problems.push(`${errno} is not in the log`);
      if (/unhandled|\n {4}at /i.test(daemon.output)) problems.push(`an error escaped: ${daemon.output}`);
      return { problems: [...problems, ...checkEnd(home, reference)], missed: false };
    }),
  );
}

function withUploads(use) {
  return withHome(
    (home, tracePath) => {
      fillOutbox(home);
      configure(home, WITHOUT_SCANS);
      return use(home, tracePath);
    },
    { batches: UPLOADS },
  );
}

/** The client repeats what it heard no OK for. @returns {Promise<string[]>} what did not hold */
async function goOn(home, daemon, heard) {
  let done = heard;
  for (let tries = 0; done < STEPS.length && tries < TRIES && !hasEnded(daemon); tries++) {
    done = await upload(home, daemon, done);
  }
  return done < STEPS.length ? [`the client could not repeat "${STEPS[done].commands[0]}"`] : [];
}
