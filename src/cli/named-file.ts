/** Files and folders that a person names on the command line: what is wrong with one is told as it is. */
import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandProblem } from './command-problem';

/** In words; null for a regular file. */
export function notAFile(stat: Stats): string | null {
  if (stat.isFile()) return null;
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFIFO()) return 'a pipe';
  return stat.isSocket() ? 'a socket' : 'a device';
}

/**
 * The absolute path of a file that is to be read, more than once perhaps.
 * @throws CommandProblem when there is none; errors of the file system
 */
export function requireFile(file: string, cwd: string): string {
  const path = resolve(cwd, file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (file === '-') throw new CommandProblem('-: standard input is not read; name a file');
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    throw new CommandProblem(isLink ? `${file}: a link to what is not there` : `${file}: no such file`);
  }
  const what = notAFile(stat);
  if (what !== null) throw new CommandProblem(`${file} is no file but ${what}`);
  return path;
}

/**
 * The absolute path of a folder to write into, which may have to be made.
 * @throws CommandProblem when something else is in its way; errors of the file system
 */
export function requireFolder(option: string, folder: string, cwd: string): string {
  const path = resolve(cwd, folder);
  for (let part = path; ; part = dirname(part)) {
    const stat = lookAt(part);
    if (stat?.isDirectory() === true) return path;
    if (stat !== null) throw new CommandProblem(`${option}: ${part} is ${notAFile(stat) ?? 'a file'}, not a folder`);
  }
}

/** Null when it is not there, nor can be: its parent is no folder. */
function lookAt(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
}
