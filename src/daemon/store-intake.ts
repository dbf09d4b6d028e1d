/**
 * Batches that a command asked for, from the store to the dispatcher: replays, and what was released from the
 * quarantine. The command writes the row, whether a daemon runs or not, and each rescan looks for what is not on its way
 * yet. A store that cannot be read now is read at the next rescan.
 */
import type { StoreReader } from '../adapters/sqlite/open-store-reader';
import type { Account } from '../domain/account';
import { toFault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import type { Dispatcher } from './dispatcher';

export interface StoreIntakeOptions {
  readonly reader: Pick<StoreReader, 'unfinished'>;
  /** Knows by itself which batches it has taken up. */
  readonly dispatcher: Pick<Dispatcher, 'resume'>;
  readonly findAccount: (name: string) => Account | null;
  readonly log: Logger;
}

export function createStoreIntake({ reader, dispatcher, findAccount, log }: StoreIntakeOptions): () => void {
  return () => {
    try {
      for (const batch of reader.unfinished()) {
        // A reminder has no file of its own that the dispatcher could know it by; nobody asks for one.
        if (batch.cause !== 'unmarked') dispatcher.resume(batch, findAccount(batch.account));
      }
    } catch (error) {
      const { code, message } = toFault(error);
      log.error('fault', { code, message });
    }
  };
}
