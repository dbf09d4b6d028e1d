/**
 * What the runs of the harness have in common: a home that is gone afterwards, the arguments of the tracer, and the
 * search for a point whose number has shifted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeHome } from './scenario.mjs';

/** The number of a call shifts with the thread's own wake-ups, with scans and with what is done together. */
const TRIES = 6;
/** Where the point is looked for when a run that missed it tells nothing better. */
const SHIFTS = [1, -1, 2, -2, 3];

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
 * @property {number | null} [near] of a run that missed it: the number that its place had there
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
  const tried = new Set();
  let { number } = point;
  let verdict;
  do {
    tried.add(number);
    verdict = await run({ ...point, number });
    const others = [verdict.near, ...SHIFTS.map((shift) => Math.max(1, point.number + shift))];
    number = others.find((other) => Number.isInteger(other) && !tried.has(other));
  } while (verdict.missed && number !== undefined && tried.size < TRIES);
  return verdict;
}
