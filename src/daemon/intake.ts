/**
 * From what lies in a drop folder to batches on offer: pairs data with markers, names the sender and the type, and
 * hands each batch to the dispatcher. Decisions are the settle and name stages'; here they are carried out.
 */
import { randomBytes } from 'node:crypto';
import type { DroppedFile } from '../adapters/inbox/list-folder';
import type { FolderListing } from '../adapters/inbox/create-inbox';
import type { Account } from '../domain/account';
import { createBatchId } from '../domain/batch-id';
import type { BatchCause, BatchOrigin } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import { parseName } from '../stages/name/parse-name';
import { splitFileName } from '../stages/name/split-file-name';
import { pairFiles } from '../stages/settle/pair-files';
import type { Dispatcher } from './dispatcher';

export interface IntakeOptions {
  readonly findAccount: (name: string) => Account | null;
  readonly messageTypes: () => readonly string[];
  /** `account/folder/name` of each file with an open write handle. */
  readonly openWriters: () => ReadonlySet<string>;
  readonly dispatcher: Pick<Dispatcher, 'offer' | 'isKnown'>;
  readonly markerGraceMs: number;
  readonly now: () => Date;
}

export function createIntake(options: IntakeOptions): (listing: FolderListing) => void {
  const { findAccount, dispatcher } = options;

  return (listing) => {
    const account = findAccount(listing.account);
    if (account === null) return;
    const prefix = `${listing.account}/${listing.folder}/`;
    const writers = options.openWriters();
    const busy = new Set(listing.files.map(({ name }) => name).filter((name) => writers.has(prefix + name)));
    const files = listing.files.filter(({ identity }) => !dispatcher.isKnown(identity));
    const decision = pairFiles(files, { nowMs: options.now().getTime(), markerGraceMs: options.markerGraceMs, busy });
    for (const { data, marker } of decision.ready) offer({ account, listing, cause: 'upload', data, marker });
  };

  function offer(found: FoundBatch): void {
    const origin = describe(found, options);
    if (origin !== null) dispatcher.offer(origin, found.account);
  }
}

interface FoundBatch {
  readonly account: Account;
  readonly listing: FolderListing;
  readonly cause: BatchCause;
  readonly data: DroppedFile | null;
  readonly marker: DroppedFile | null;
}

function describe({ account, listing, cause, data, marker }: FoundBatch, options: IntakeOptions): BatchOrigin | null {
  const file = data ?? marker;
  if (file === null) return null;
  const now = options.now();
  const { base } = splitFileName(file.name);
  const name = parseName(base, { types: options.messageTypes(), account, now: belgianTime(now), fileName: file.name });
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
