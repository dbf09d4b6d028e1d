/**
 * What the runs of the harness have in common: a home that is gone afterwards, the arguments of the tracer, and the
 * search for a point whose number has shifted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeHome } from './scenario.mjs';

/** The number of a call shifts by the thread's own wake-ups and by scans: the point is looked for around it. */
const SHIFTS = [0, 1, -1, 2, -2, 3];

/** What each call may fail with on a machine in trouble. */
export const ERRORS = {
  write: ['ENOSPC', 'EIO'],
  pwrite64: ['ENOSPC', 'EIO'],
  pwritev: ['ENOSPC', 'EIO'],
  fsync: ['EIO'],
  rename: ['EACCES', 'EIO'],
  mkdir: ['ENOSPC', 'EACCES'],
  rmdir: ['EACCES'],
  unlink: ['EACCES'],
  openat: ['EMFILE', 'EACCES'],
  ftruncate: ['EIO'],
  read: ['EIO'],
  pread64: ['EIO'],
};

/**
 * @typedef {object} Verdict
 * @property {string[]} problems what did not hold
 * @property {boolean} missed the point was not met: it proves nothing
 */

/** @param options see `makeHome` */
export async function withHome(use, options) {
  const home = makeHome(mkdtempSync(join(tmpdir(), 'labdrop-crash-')), options);
  try {
    return await use(home, join(home.dir, 'trace'));
  } finally {
    rmSync(home.dir, { recursive: true, force: true });
  }
}

/** Opened folders are traced as well: names below them are told by their descriptors. */
export function injection({ call, number }, effect, width, tracePath) {
  const inject = `inject=${call}:${effect}:when=${number}..${number + width - 1}`;
  return ['-s', '0', '-o', tracePath, '-e', `trace=${[...new Set([call, 'openat'])].join(',')}`, '-e', inject];
}

/** @returns {Promise<Verdict>} of the first run that met the point */
export async function untilMet(point, run) {
  let verdict = { problems: [], missed: true };
  for (const shift of SHIFTS) {
    verdict = await run({ ...point, number: Math.max(1, point.number + shift) });
    if (!verdict.missed) break;
  }
  return verdict;
}
