/**
 * The operators' rejection log: one whole line per call, made for `tail -F`. Each line is one append of its own, so
 * that several writers do not mix. When somebody renames, removes or truncates the file, the next line goes to the
 * right place. Fails as Node's fs does; the log can be rebuilt from the store.
 */
import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '../spool/durable-files';

export interface RejectionLog {
  /** Writes `line`, which holds no line end of its own. */
  append(line: string): void;
  close(): void;
}

/** @param path `logs/rejections.log` below the data folder; its folder is made when it is not there. */
export function openRejectionLog(path: string): RejectionLog {
  let fd: number | null = null;

  const close = (): void => {
    if (fd === null) return;
    const open = fd;
    fd = null;
    closeSync(open);
  };

  const current = (): number => {
    if (fd !== null && isSameFile(fd, path)) return fd;
    close();
    makeDirectory(dirname(path));
    fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o640);
    return fd;
  };

  return {
    append(line) {
      const bytes = Buffer.from(`${line.replace(/[\r\n]+/g, ' ')}\n`, 'utf8');
      const written = writeSync(current(), bytes);
      if (written < bytes.length) throw new Error(`${path}: only ${written} of ${bytes.length} bytes were written`);
    },
    close,
  };
}

function isSameFile(fd: number, path: string): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  const here = fstatSync(fd, { bigint: true });
  return there !== undefined && there.ino === here.ino && there.dev === here.dev;
}
