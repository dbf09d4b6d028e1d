/**
 * The space that must stay free where the data folder lies: below it no upload begins or grows, so that what was
 * accepted can be finished, and everything goes on by itself once there is room again. A disk that cannot be measured
 * refuses nobody.
 */
import type { Logger } from '../ports/logger';

export interface DiskSpace {
  readonly freeBytes: number;
  readonly reserveBytes: number;
}

export interface DiskReserve {
  /** Why no upload may begin or grow now, for the client; null when it may. */
  refusal(): string | null;
  /** Looks whether that has changed, and tells the log. */
  look(): void;
}

/** Writes come in thousands a second: so long a measurement holds, in milliseconds. */
const FRESH_MS = 100;
const REFUSAL = 'the server is short of disk space; try again later';

/** @param measure as observed now. @throws when it cannot be measured */
export function createDiskReserve(measure: () => DiskSpace, log: Logger, nowMs: () => number): DiskReserve {
  let measuredAt = -Infinity;
  let isLow = false;

  function look(): void {
    measuredAt = nowMs();
    const space = attempt(measure);
    const low = space !== null && space.freeBytes < space.reserveBytes;
    if (low === isLow) return;
    isLow = low;
    if (low) log.error('disk.low', { ...space });
    else log.info('disk.recovered', { ...space });
  }

  return {
    look,
    refusal: () => {
      if (nowMs() - measuredAt >= FRESH_MS) look();
      return isLow ? REFUSAL : null;
    },
  };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
