/**
 * The system calls of an undisturbed journey, each with its number among those of its name in the thread, so that
 * `strace -e inject=NAME:when=NUMBER` meets it again. Only calls on the data folder count.
 */
import { dirname, join } from 'node:path';

const CHANGES =
  'write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,unlink,unlinkat,mkdir,rmdir'
    .split(',')
    .concat('ftruncate,fallocate,copy_file_range,sendfile,fchmod,chmod,utimensat,openat'.split(','));
const READS = ['read', 'pread64'];

export const TRACED = [...CHANGES, ...READS];

/**
 * @typedef {object} Point
 * @property {string} call
 * @property {number} number counted from 1
 * @property {string} path where it happens, without ids
 * @property {boolean} changes it is no mere reading
 * @property {boolean} starting it comes before the first batch was claimed
 */

/** @returns {Point[]} in the order of the journey */
export function readPoints(trace, dataDir) {
  const counts = new Map();
  const points = [];
  let starting = true;
  for (const line of resolvedLines(trace)) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (!TRACED.includes(call)) continue;
    const number = (counts.get(call) ?? 0) + 1;
    counts.set(call, number);
    const path = placeOf(line, dataDir);
    if (path === null) continue;
    if (path.startsWith('/work/<id>')) starting = false;
    points.push({ call, number, path, changes: CHANGES.includes(call), starting });
  }
  return points;
}

/** Whether a call was tampered with, and at the point's place: its number alone may have shifted. */
export function isMetBy(trace, { call, path }, dataDir) {
  const lines = resolvedLines(trace).filter((line) => line.startsWith(`${call}(`));
  // Of a call that the thread was killed at nothing more is written.
  const killedAt = trace.includes('+++ killed by SIGKILL +++') ? lines.at(-1) : undefined;
  const tampered = lines.find((line) => line.includes('(INJECTED)')) ?? killedAt;
  if (tampered === undefined) return false;
  const place = placeOf(tampered, dataDir) ?? '';
  return place === path || ((call === 'write' || call === 'read') && dirname(place) === dirname(path));
}

/** What to say of a run that did not meet its point. */
export function missedIn(trace, { call, number, path }, dataDir) {
  const there = readPoints(trace, dataDir).filter((point) => point.call === call && point.path === path);
  const numbers = there.map((point) => point.number).sort((a, b) => Math.abs(a - number) - Math.abs(b - number));
  return { problems: [], missed: true, near: numbers[0] ?? null };
}

/** Whether the first call that failed came after the last batch had left the work folder. */
export function failedWhileClosing(trace, dataDir) {
  const lines = resolvedLines(trace);
  const failed = lines.findIndex((line) => line.includes('(INJECTED)'));
  return !lines.slice(failed + 1).some((line) => placeOf(line, dataDir)?.startsWith('/work/<id>'));
}

/** A name that is looked up below a folder which is held open stands there with that folder's path. */
function resolvedLines(trace) {
  const folders = new Map();
  return trace.split('\n').map((line) => {
    const resolved = line.replace(/"\/proc\/self\/fd\/(\d+)\/([^"]*)"/g, (whole, fd, name) =>
      folders.has(fd) ? `"${join(folders.get(fd), name)}"` : whole,
    );
    for (const [, fd, path] of resolved.matchAll(/\b(\d+)<(\/[^>]*)>/g)) folders.set(fd, path);
    return resolved;
  });
}

/** The first path of a line that lies in the data folder, without ids; null when none does. */
function placeOf(line, dataDir) {
  const at = line.indexOf(`${dataDir}/`);
  return at < 0 ? null : nameless(/^[^<>"]*/.exec(line.slice(at))[0].slice(dataDir.length));
}

function nameless(path) {
  return path.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>').replace(/\d{8}_(\w+?)_(\d{12})/, '$2');
}

export function describe({ call, number, path }) {
  return `${call} ${number} ${path}`;
}

/** Some of each kind: kinds are told by call and place. */
export function selectPoints(points, perKind) {
  const kinds = new Map();
  for (const point of points) {
    const kind = `${point.call} ${point.path.replace(/\d{12}/g, '*').replace(/\.[A-Z]+\.txt$/, '.txt')}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), point]);
  }
  return [...kinds.values()].flatMap((own) => spread(own, perKind));
}

/** `count` of the items, evenly from first to last. */
export function spread(items, count) {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, index) => items[Math.floor(((index + 0.5) * items.length) / taken)]);
}
