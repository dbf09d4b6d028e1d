/**
 * Files in a drop folder whose names are not UTF-8: another program placed them, since the SFTP server lets none in.
 * Nothing can take them up, because no name that the program can write leads to them: somebody must rename them. Of
 * names that are data or markers by their ending alone; others are passed over whatever they are called.
 */
import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeName } from '../../domain/escape-controls';
import { Fault } from '../../domain/fault';
import { fileKind } from '../../stages/name/split-file-name';

export interface UndecodableName {
  /** Of the file, with `\xNN` for each byte that is not plain ASCII. */
  readonly path: string;
  /** The path as a shell takes it. */
  readonly word: string;
}

/** Of one folder; the others come when these are gone. */
const TOLD_MAX = 10;
/** What stands in a name in the place of bytes that are no text. */
const REPLACEMENT = '\ufffd';

/** @param names of the folder's files, as Node decodes them. @throws errors of the file system */
export async function findUndecodableNames(
  folder: string,
  names: readonly string[],
): Promise<readonly UndecodableName[]> {
  if (!names.some((name) => name.includes(REPLACEMENT))) return [];
  return choose(folder, await readdir(folder, { withFileTypes: true, encoding: 'buffer' }));
}

/** The same of a folder that nobody has listed. @throws errors of the file system */
export function findUndecodableNamesNow(folder: string): readonly UndecodableName[] {
  return choose(folder, readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }));
}

export function undecodableFault({ word }: UndecodableName): Fault {
  const message = `the name of a file is not UTF-8, and it is not taken up; rename it: mv ${word} ...`;
  return new Fault('S901', message, { retryable: false });
}

function choose(folder: string, entries: readonly Dirent<Buffer>[]): readonly UndecodableName[] {
  return entries
    .filter((entry) => entry.isFile() && !isUtf8(entry.name) && isTakenUp(entry.name))
    .map(({ name }) => escapeName(Buffer.concat([Buffer.from(join(folder, '/')), name])))
    .sort()
    .slice(0, TOLD_MAX)
    .map((path) => ({ path, word: `$'${path}'` }));
}

function isTakenUp(name: Buffer): boolean {
  const { kind } = fileKind(name.toString('utf8'));
  return kind !== 'temporary' && kind !== 'other';
}
