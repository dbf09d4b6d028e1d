/**
 * The files of the value sets in a schemas folder: where they are, and how one is replaced. The earlier file stays, in
 * a folder that nobody loads from. Fails as Node's fs does.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeDirectory, syncDirectory } from '../spool/durable-files';

export interface CodelistFile {
  readonly name: string;
  readonly collection: string;
  readonly path: string;
}

/** In order of name. */
export function listCodelistFiles(schemasDir: string): readonly CodelistFile[] {
  return filesOf(schemasDir, (entry) => entry.isDirectory())
    .flatMap((collection) => {
      const folder = join(schemasDir, collection, 'codelists');
      const names = filesOf(folder, (entry) => entry.isFile() && entry.name.endsWith('.json'));
      return names.map((name) => ({ name: basename(name, '.json'), collection, path: join(folder, name) }));
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Puts `text` in the file's place, at once and durably.
 * @returns the path under which the earlier file was kept
 */
export function replaceCodelistFile({ name, path }: CodelistFile, text: string, now: Date): string {
  const folder = dirname(path);
  const earlier = join(folder, 'earlier', `${name}.${now.toISOString().replace(/[-:]/g, '')}.json`);
  makeDirectory(dirname(earlier));
  copyFileSync(path, earlier, constants.COPYFILE_EXCL);
  syncFile(earlier);
  syncDirectory(dirname(earlier));
  const unfinished = join(folder, `.${name}.${process.pid}.new`);
  try {
    writeLike(path, unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  syncDirectory(folder);
  return earlier;
}

/** A new file with the mode and, where we may, the owner of `model`. */
function writeLike(model: string, path: string, text: string): void {
  const { mode, uid, gid } = statSync(model);
  const fd = openSync(path, 'w', 0o644);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    fchmodSync(fd, mode & 0o777);
    if (process.getuid?.() === 0) fchownSync(fd, uid, gid);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function filesOf(
  folder: string,
  takes: (entry: { name: string; isFile(): boolean; isDirectory(): boolean }) => boolean,
) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(takes)
      .map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
