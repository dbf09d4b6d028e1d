/**
 * From what lies in a drop folder to batches on offer: pairs data with markers, names the sender and the type, and
 * hands each batch to the dispatcher. Decisions are the settle and name stages'; here they are carried out.
 */
import { randomBytes } from 'node:crypto';
import type { DroppedFile } from '../adapters/inbox/list-folder';
import type { FolderListing } from '../adapters/inbox/folder-listing';
import type { Account } from '../domain/account';
import { createBatchId } from '../domain/batch-id';
import type { BatchCause, BatchOrigin } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import { parseName } from '../stages/name/parse-name';
import { fileKind, splitFileName } from '../stages/name/split-file-name';
import { pairFiles } from '../stages/settle/pair-files';
import type { Dispatcher } from './dispatcher';

export interface IntakeOptions {
  readonly findAccount: (name: string) => Account | null;
  readonly messageTypes: () => readonly string[];
  /** `account/folder/name` of each file with an open write handle. */
  readonly openWriters: () => ReadonlySet<string>;
  /** Identity of the complete batch's file beside which such a handle was opened: it does not keep that batch waiting. */
  readonly writtenBeside: (key: string) => string | null;
  readonly dispatcher: Pick<Dispatcher, 'offer' | 'giveBack' | 'expect' | 'isKnown' | 'heldFiles'>;
  /** Removes the marker of a batch that is withdrawn: it is not to mean the next file of its name. */
  readonly removeMarker: (listing: FolderListing, marker: DroppedFile) => void;
  readonly markerGraceMs: number;
  /** A data file that waits longer for its marker is told to its sender. */
  readonly reminderMs: number;
  readonly now: () => Date;
}

/** A marker is expected soon for data that is no older. */
const EXPECTED_MAX_MS = 10 * 60_000;

/** Reminders remembered here; beyond, the store remembers them. */
const REMINDED_MAX = 10_000;

export function createIntake(options: IntakeOptions): (listing: FolderListing) => void {
  const { findAccount, dispatcher } = options;
  const reminded = new Set<string>();

  return (listing) => {
    const account = findAccount(listing.account);
    if (account === null) return;
    const busy = busyNames(listing);
    giveBackChanged(listing);
    const files = listing.files.filter(({ identity }) => !dispatcher.isKnown(identity));
    const now = options.now();
    const { markerGraceMs } = options;
    const { cameWhole } = listing;
    const decision = pairFiles(files, { nowMs: now.getTime(), markerGraceMs, busy, cameWhole });
    let wallTime: string | null = null;
    const found = { account, listing, now, wallTime: () => (wallTime ??= belgianTime(now)) };
    for (const { data, marker } of decision.ready) offer({ ...found, cause: 'upload', data, marker });
    for (const { cancel, data, marker } of decision.cancelled) {
      if (data !== null && marker !== null) options.removeMarker(listing, marker);
      if (data !== null) offer({ ...found, cause: 'cancelled', data, marker: cancel });
      else if (isOverdue(cancel)) offer({ ...found, cause: 'orphan-marker', data: null, marker: cancel });
    }
    for (const { data, ageMs } of decision.waiting) {
      const { name: fileName, bytes } = data;
      if (ageMs < EXPECTED_MAX_MS) {
        dispatcher.expect({ account: account.account, folder: listing.folder, fileName, bytes });
      }
    }
    if (!listing.complete) return;
    for (const { marker, overdue } of decision.orphanMarkers) {
      if (overdue) offer({ ...found, cause: 'orphan-marker', data: null, marker });
    }
    for (const { data, ageMs } of decision.waiting) {
      if (ageMs > options.reminderMs) remind({ ...found, cause: 'unmarked', data, marker: null });
    }
  };

  /** Also where nothing of it lies in the drop folder yet. */
  function busyNames({ account, folder, files }: FolderListing): ReadonlySet<string> {
    const prefix = `${account}/${folder}/`;
    const busy = new Set<string>();
    for (const key of options.openWriters()) {
      if (!key.startsWith(prefix)) continue;
      const beside = options.writtenBeside(key);
      const isThere = beside !== null && files.some(({ identity }) => identity === beside);
      if (!isThere) busy.add(key.slice(prefix.length));
    }
    return busy;
  }

  /**
   * What waits for its turn is not processed yet: whether it is what a cancel means is decided with all that lies there,
   * and a marker that was sent again is its marker.
   */
  function giveBackChanged({ account, folder, files }: FolderListing): void {
    const changed = files.flatMap(({ name, identity }) => {
      const { kind, base } = fileKind(name);
      if ((kind !== 'cancel' && kind !== 'marker') || dispatcher.isKnown(identity)) return [];
      const isAgain = (): boolean => dispatcher.heldFiles(account, folder, name).some(({ isGone }) => !isGone);
      return kind === 'cancel' || isAgain() ? [base] : [];
    });
    if (changed.length > 0) dispatcher.giveBack(account, folder, new Set(changed));
  }

  function isOverdue(file: DroppedFile): boolean {
    return options.now().getTime() - file.cameAtMs > options.markerGraceMs;
  }

  /** Once per file in this run; the store knows of earlier runs. */
  function remind(found: FoundBatch): void {
    const identity = found.data?.identity ?? '';
    if (reminded.has(identity)) return;
    if (reminded.size >= REMINDED_MAX) reminded.clear();
    reminded.add(identity);
    offer(found);
  }

  function offer(found: FoundBatch): void {
    const origin = describe(found, options);
    if (origin !== null) dispatcher.offer(origin, found.account);
  }
}

interface FoundBatch {
  readonly account: Account;
  readonly listing: FolderListing;
  readonly now: Date;
  /** The same as Belgian clocks show it: dear to tell, so told once at most. */
  readonly wallTime: () => string;
  readonly cause: BatchCause;
  readonly data: DroppedFile | null;
  readonly marker: DroppedFile | null;
}

function describe(found: FoundBatch, options: IntakeOptions): BatchOrigin | null {
  const { account, listing, now, wallTime, cause, data, marker } = found;
  const file = data ?? marker;
  if (file === null) return null;
  const { base } = splitFileName(file.name);
  const name = parseName(base, { types: options.messageTypes(), account, now: wallTime(), fileName: file.name });
  return {
    id: createBatchId(now.getTime(), randomBytes(10)),
    cause,
    account: account.account,
    sender: name.sender,
    messageType: name.messageType,
    fileName: file.name,
    baseName: base,
    markerName: marker?.name ?? null,
    markerIdentity: marker?.identity ?? null,
    dataIdentity: data?.identity ?? null,
    mode: listing.folder === 'test' || account.status === 'test' ? 'test' : 'production',
    folder: listing.folder,
    language: account.language,
    fileTime: name.fileTime,
    run: 1,
    replayOf: null,
    bytes: data?.bytes ?? 0,
    receivedAt: now.toISOString(),
  };
}
