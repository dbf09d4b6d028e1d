/**
 * Whether the file system of a path can only be read, by what the kernel tells of its mounts: it needs no write, and
 * knows of ext4's emergency, where permissions still look as if one could. Where the kernel tells nothing nothing is
 * known to be wrong.
 */
import { readFileSync, realpathSync } from 'node:fs';

export interface Mount {
  readonly mountPoint: string;
  /** The device, mostly. */
  readonly source: string;
  readonly isReadOnly: boolean;
}

/** @see https://docs.kernel.org/filesystems/proc.html section 3.5 */
const MOUNTS = '/proc/self/mountinfo';
const READ_ONLY = ['ro', 'emergency_ro'];

/** The mount that the path lies on when it can only be read, else null. @param path absolute, of what exists */
export function readOnlyMount(path: string): Mount | null {
  let mount: Mount | null;
  try {
    mount = findMount(readFileSync(MOUNTS, 'utf8'), realpathSync(path));
  } catch {
    return null; // no such table here, or no such path
  }
  return mount?.isReadOnly === true ? mount : null;
}

/** The innermost mount above the path; of several at one place the last one covers the others. */
export function findMount(mounts: string, path: string): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts.split('\n').flatMap(parseMount)) {
    const { mountPoint } = mount;
    const isAbove = path === mountPoint || path.startsWith(mountPoint.endsWith('/') ? mountPoint : `${mountPoint}/`);
    if (isAbove && (found === null || mountPoint.length >= found.mountPoint.length)) found = mount;
  }
  return found;
}

/** `id parent device root mount-point options [fields...] - type source options` */
function parseMount(line: string): readonly Mount[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , , mountPoint, options] = before.split(' ');
  const [, source, superOptions] = after.split(' ');
  if (mountPoint === undefined || options === undefined || source === undefined) return [];
  const all = [...options.split(','), ...(superOptions ?? '').split(',')];
  return [
    {
      mountPoint: unescaped(mountPoint),
      source: unescaped(source),
      isReadOnly: all.some((option) => READ_ONLY.includes(option)),
    },
  ];
}

/** Blanks, tabs, line feeds and backslashes stand there as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
