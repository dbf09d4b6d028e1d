/**
 * What to do where this user may not look or write: the data folder is its owner's alone, and a command that took that
 * for "not there" would say that nothing came.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { types } from 'node:util';

/** In words for a sysadmin; null for any other error. */
export function refusedText(error: unknown): string | null {
  if (!types.isNativeError(error)) return null;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' || path === undefined) return null;
  const owner = ownerOf(path);
  return owner === process.geteuid?.()
    ? message
    : `${message}; run it as user ${owner}: sudo -u '#${owner}' labdrop ...`;
}

/** Of the path, or of the folder that hides it. */
function ownerOf(path: string): number {
  try {
    return statSync(path).uid;
  } catch {
    return ownerOf(dirname(path));
  }
}
