/** What is known of a file that no account has sent, before its bytes are read: as for a batch. */
import { randomBytes } from 'node:crypto';
import { createBatchId } from '../domain/batch-id';
import type { BatchOrigin } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import { parseName } from '../stages/name/parse-name';
import { splitFileName } from '../stages/name/split-file-name';

export interface FileWithoutAccount {
  readonly fileName: string;
  readonly bytes: number;
  /** Names of the message types that there are. */
  readonly types: readonly string[];
  readonly now: Date;
}

/** Nothing of such a file is meant to be stored. */
export function originWithoutAccount({ fileName, bytes, types, now }: FileWithoutAccount): BatchOrigin {
  const split = splitFileName(fileName);
  const name = parseName(split.base, { types, account: null, now: belgianTime(now), fileName });
  return {
    id: createBatchId(now.getTime(), randomBytes(10)),
    cause: 'upload',
    account: '',
    sender: name.sender,
    messageType: name.messageType,
    fileName,
    baseName: split.base,
    markerName: null,
    markerIdentity: null,
    dataIdentity: null,
    mode: 'test',
    folder: 'test',
    language: 'en',
    fileTime: name.fileTime,
    run: 1,
    replayOf: null,
    bytes,
    receivedAt: now.toISOString(),
  };
}
