/** Runs a suite on what may stand behind the port: a store in memory, and one on a file with either way of staging. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import type { BatchStore } from '../../../src/ports/batch-store';
import { CATALOGUE, origin } from './fixtures';

const LARGE = 9 * 1024 * 1024;

/** An instant at which a batch takes a step. */
export const AT = '2021-04-03T11:00:00.000Z';

export interface StoreSuite {
  /** The store of the test that runs, empty at its beginning. */
  readonly store: () => BatchStore;
  /** A batch with an id of its own, of the size that the store is tried with. */
  readonly from: (changes?: Partial<BatchOrigin>) => BatchOrigin;
}

export function describeEachStore(suite: (given: StoreSuite) => void): void {
  describe.each([
    ['in memory', 'memory', 1000],
    ['on a file, staged in memory', 'file', 1000],
    ['on a file, staged in a file', 'file', LARGE],
  ])('a batch store %s', (_name, kind, bytes) => {
    const dir = mkdtempSync(join(tmpdir(), 'batch-store-'));
    let store: BatchStore;
    let opened = 0;
    let batches = 0;
    beforeEach(() => {
      const path = kind === 'memory' ? ':memory:' : join(dir, `${++opened}.db`);
      store = openBatchStore({
        path,
        catalogue: CATALOGUE,
        ...(kind === 'file' && { stagingDir: join(dir, 'staging') }),
      });
    });
    afterEach(() => store.close());
    afterAll(() => rmSync(dir, { recursive: true }));

    suite({ store: () => store, from: (changes = {}) => origin(`batch-${++batches}`, { bytes, ...changes }) });
  });
}

/** What makes a batch one of a day in May, after all that are given no day. */
export function later(day: number): Partial<BatchOrigin> {
  return {
    fileTime: `2021-05-0${day} 12:00:00`,
    fileName: `day${day}.csv`,
    receivedAt: `2021-05-0${day}T10:00:00.000Z`,
  };
}
