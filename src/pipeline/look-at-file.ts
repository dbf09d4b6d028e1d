/** What can be said of a batch before its data is read: by its cause, by its file's name and size. Stores nothing. */
import type { BatchRecord } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import { createFinding } from '../domain/create-finding';
import type { Finding } from '../domain/finding';
import type { MessageType } from '../domain/message-type';
import type { ClaimedFile } from '../ports/spool';
import { parseName } from '../stages/name/parse-name';
import { splitFileName } from '../stages/name/split-file-name';
import { checkSize } from '../stages/settle/check-totals';
import { findMeant } from '../stages/settle/pair-files';
import type { BatchPorts, Submitter } from './batch-ports';

export interface FileLook {
  readonly findings: readonly Finding[];
  /** What is read; null where a finding of severity error forbids it. */
  readonly readable: { readonly file: ClaimedFile; readonly type: MessageType } | null;
}

export function lookAtFile(
  ports: BatchPorts,
  batch: BatchRecord,
  file: ClaimedFile | null,
  submitter: Submitter,
): FileLook {
  const early = causeFindings(ports, batch);
  if (early !== null) return { findings: early, readable: null };
  const type = messageTypeOf(ports, batch);
  const onName = nameFindings(ports, batch, submitter);
  if (onName.some(isError) || file === null || type === null) return { findings: onName, readable: null };
  const tooLarge = checkSize(file.bytes, ports.rules.maxFileBytes);
  return { findings: [...onName, ...tooLarge], readable: tooLarge.some(isError) ? null : { file, type } };
}

export function messageTypeOf({ catalogue }: BatchPorts, { messageType }: BatchRecord): MessageType | null {
  return messageType === null ? null : (catalogue.types.get(messageType) ?? null);
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

/** What a batch without readable data is about; null for one that has data to read. */
function causeFindings(ports: BatchPorts, batch: BatchRecord): readonly Finding[] | null {
  switch (batch.cause) {
    case 'upload':
    case 'replay':
      return null;
    case 'cancelled':
      return [createFinding('F015')];
    case 'orphan-marker': {
      const marker = batch.markerName ?? batch.fileName;
      const withdraws = splitFileName(marker).kind === 'cancel' ? 'yes' : '';
      const { files, partials } = ports.spool.namesBeside(batch);
      const lying = findMeant(batch.baseName, files);
      const isPartial = lying !== null && splitFileName(lying).kind === 'temporary';
      const partial = findMeant(batch.baseName, partials) ?? (isPartial ? lying : null) ?? '';
      const found = isPartial ? '' : (lying ?? '');
      return [createFinding('F006', { value: marker, params: { marker, found, partial, withdraws } })];
    }
    case 'unmarked':
      return [createFinding('F007', { value: batch.fileName, params: { hours: ports.rules.unmarkedReminderHours } })];
  }
}

/**
 * Findings on the name. Where the message type was given beside the name (the validate command), a name that says
 * another or none is nothing to tell.
 */
function nameFindings(ports: BatchPorts, batch: BatchRecord, submitter: Submitter): readonly Finding[] {
  const name = parseName(batch.baseName, {
    types: [...ports.catalogue.types.keys()],
    account: submitter,
    now: belgianTime(ports.now()),
    fileName: batch.fileName,
  });
  if (batch.messageType !== name.messageType) return name.findings.filter((finding) => finding.severity !== 'error');
  return name.findings;
}
