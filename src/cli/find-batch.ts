/** The batch that a person means by an id, the beginning of one, or a file name. */
import { ID_BEGINNING_MIN, type StoreReader } from '../daemon/commands-store';
import type { BatchRecord } from '../domain/batch-record';
import { CommandProblem } from './command-problem';
import { localTime } from './local-time';

const LISTED_MAX = 10;

/** What names a batch on the command line, for the help of a command. */
export const BATCH_NAMES = `an id, the beginning of one (${ID_BEGINNING_MIN} characters or more), or a file name`;

/** @throws CommandProblem when there is none, or when there are several */
export function findBatch(reader: StoreReader, text: string): BatchRecord {
  return onlyOne(reader.find(text), text);
}

/** As `findBatch`, but of a batch and its replays, which share a file name, the first is meant. */
export function findOriginal(reader: StoreReader, text: string): BatchRecord {
  const originals = new Map<string, BatchRecord>();
  for (const batch of reader.find(text)) {
    const original = batch.replayOf === null ? batch : reader.batch(batch.replayOf);
    if (original !== null) originals.set(original.id, original);
  }
  return onlyOne([...originals.values()], text);
}

function onlyOne(found: readonly BatchRecord[], text: string): BatchRecord {
  const [batch] = found;
  if (batch === undefined) {
    const isShort = text.length < ID_BEGINNING_MIN;
    const hint = isShort ? `; the beginning of an id has ${ID_BEGINNING_MIN} characters or more` : '';
    throw new CommandProblem(`no batch is, begins with or is named ${JSON.stringify(text)}${hint}`);
  }
  if (found.length === 1) return batch;
  const list = found
    .slice(0, LISTED_MAX)
    .map(({ id, receivedAt, fileName }) => `  ${id}  ${localTime(receivedAt) ?? ''}  ${fileName}`);
  if (found.length > LISTED_MAX) list.push('  ... and older ones; labdrop batches lists them');
  throw new CommandProblem(`several batches may be meant:\n${list.join('\n')}`);
}
