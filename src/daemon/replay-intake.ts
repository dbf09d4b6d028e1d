/**
 * Replays that an operator asked for, from the store to the dispatcher: the command writes the row, whether a daemon
 * runs or not, and each rescan looks for new ones. A store that cannot be read now is read at the next rescan.
 */
import type { StoreReader } from '../adapters/sqlite/open-store-reader';
import type { Account } from '../domain/account';
import { toFault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import type { Dispatcher } from './dispatcher';

export interface ReplayIntakeOptions {
  readonly reader: Pick<StoreReader, 'unfinishedReplays'>;
  /** Knows by itself which replays it has taken up. */
  readonly dispatcher: Pick<Dispatcher, 'offer'>;
  readonly findAccount: (name: string) => Account | null;
  readonly log: Logger;
}

export function createReplayIntake({ reader, dispatcher, findAccount, log }: ReplayIntakeOptions): () => void {
  return () => {
    try {
      for (const batch of reader.unfinishedReplays()) dispatcher.offer(batch, findAccount(batch.account));
    } catch (error) {
      const { code, message } = toFault(error);
      log.error('fault', { code, message });
    }
  };
}
