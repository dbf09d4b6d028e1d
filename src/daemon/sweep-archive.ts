/**
 * Behind the start: looks through the archive for what is no batch's original, and sets it aside as other leftovers. A
 * store that was put back from an older backup leaves originals behind that it does not know.
 */
import { archivePath } from '../adapters/spool/data-folders';
import { findArchiveStrays } from '../adapters/spool/find-archive-strays';
import type { StoreReader } from '../adapters/sqlite/open-store-reader';
import { toFault } from '../domain/fault';
import { type LeftoverOptions, setOneAside } from './set-leftovers-aside';

export interface ArchiveSweep {
  /** Resolves when nothing is looked at any more. */
  end(): Promise<void>;
}

const ID_LENGTH = 36;

export function sweepArchive(options: LeftoverOptions, reader: Pick<StoreReader, 'batch'>): ArchiveSweep {
  let isEnding = false;
  const isOriginal = (path: string): boolean => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const batch = reader.batch(name.slice(0, ID_LENGTH));
    return batch !== null && archivePath(batch) === path;
  };

  async function sweep(): Promise<void> {
    try {
      for await (const leftover of findArchiveStrays(options.folders, isOriginal)) {
        if (isEnding) return;
        setOneAside(options, leftover);
      }
    } catch (error) {
      const { code, message } = toFault(error);
      options.log.error('fault', { code, operation: 'look through the archive', message });
    }
  }

  const ended = sweep();
  return {
    end: async () => {
      isEnding = true;
      await ended;
    },
  };
}
