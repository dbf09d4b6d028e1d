/**
 * What a start finds in the data folder and cannot use is moved to the quarantine, told in the log, and stands as a
 * fault until people have looked at it. One that cannot be moved is told too and keeps no daemon from starting.
 */
import { join } from 'node:path';
import { findMisplaced, findStrays, type Leftover, LOCK_PLACES, ownPlaces } from '../adapters/spool/find-leftovers';
import { setLeftoverAside } from '../adapters/spool/found-folders';
import type { DataFolders } from '../adapters/spool/data-folders';
import { escapeControls, escapeName } from '../domain/escape-controls';
import { toFault } from '../domain/fault';
import type { Logger } from '../ports/logger';

export interface LeftoverOptions {
  readonly folders: DataFolders;
  readonly log: Logger;
  readonly startedAt: Date;
}

/** Before the data folder is locked: only what keeps it from being locked. */
export function clearLockPlaces(options: LeftoverOptions): void {
  setAllAside(options, findMisplaced(options.folders, LOCK_PLACES));
}

/** Before anything else is opened: what stands in the place of our own folders and files. */
export function setMisplacedAside(options: LeftoverOptions): void {
  setAllAside(options, findMisplaced(options.folders, ownPlaces(options.folders)));
}

/** Before the first batch is taken up. @param unfinished ids of the batches that are on their way */
export function setStraysAside(options: LeftoverOptions, unfinished: ReadonlySet<string>): void {
  setAllAside(
    options,
    findStrays(options.folders, (id) => unfinished.has(id)),
  );
}

function setAllAside(options: LeftoverOptions, leftovers: Iterable<Leftover>): void {
  try {
    // All of a folder is listed before any of it is moved.
    for (const leftover of [...leftovers]) setOneAside(options, leftover);
  } catch (error) {
    options.log.error('fault', { code: 'S901', operation: 'look for leftovers', message: toFault(error).message });
  }
}

export function setOneAside({ folders, log, startedAt }: LeftoverOptions, leftover: Leftover): void {
  const path = join(escapeControls(leftover.folder), escapeName(leftover.name));
  const told = { code: 'S901', operation: 'set aside a leftover', path };
  try {
    const now = setLeftoverAside(folders, leftover, startedAt);
    if (now === null) log.info('leftover.remove', { path });
    else log.error('fault', { ...told, message: `${leftover.why}; it is now ${escapeControls(now)}` });
  } catch (error) {
    const { message } = toFault(error);
    log.error('fault', { ...told, message: `${leftover.why}; it stays where it is: ${message}` });
  }
}
