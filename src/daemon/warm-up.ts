/**
 * Node compiles code while it runs it: the first large file of a thread takes half as long again as its later ones. So
 * while such a file waits for its marker, its beginning is read and judged by the code that will do so with the file
 * itself, in a store of its own in memory, and forgotten. Nothing depends on it: what fails here fails for nobody.
 */
import { closeSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { lookAtClaimed } from '../adapters/spool/claimed-file';
import { createLocalSpool } from '../adapters/spool/create-local-spool';
import { WARM_UP_ID, warmUpPath } from '../adapters/spool/data-folders';
import { openBatchStore } from '../adapters/sqlite/open-batch-store';
import { IN_MEMORY } from '../adapters/sqlite/open-connection';
import type { BatchPorts } from '../pipeline/batch-ports';
import { judgeBatch } from '../pipeline/judge-batch';
import type { ClaimedFile } from '../ports/spool';
import { originWithoutAccount } from './origin-without-account';

export interface WarmUp {
  /** Of the data file that waits, under the name it was sent with; it is only read. */
  readonly path: string;
  readonly stagingDir: string;
  readonly ports: Pick<BatchPorts, 'catalogue' | 'rules' | 'secondReader' | 'now'>;
  /** Asked before each chunk of the file is read: whether there is something better to do. */
  readonly isWanted: () => boolean;
}

/** More would change little: the code is compiled by then. */
const SAMPLE_BYTES = 4 * 1024 * 1024;

class Wanted extends Error {}

/** @returns whether it came to its end */
export function warmUp(given: WarmUp): boolean {
  const sample = warmUpPath(given.stagingDir);
  try {
    copyBeginning(given.path, sample);
    playThrough(given, lookAtClaimed(sample));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(sample, { force: true });
  }
}

/** A copy: its sender may take the file away, or put another one in its place. Of whole lines. */
function copyBeginning(from: string, to: string): void {
  const fd = openSync(from, 'r');
  try {
    const buffer = Buffer.allocUnsafe(SAMPLE_BYTES);
    const read = buffer.subarray(0, readSync(fd, buffer, 0, SAMPLE_BYTES, 0));
    const lines = read.subarray(0, read.lastIndexOf('\n') + 1);
    writeFileSync(to, lines, { mode: 0o600 });
  } finally {
    closeSync(fd);
  }
}

function playThrough({ path, stagingDir, ports, isWanted }: WarmUp, sample: ClaimedFile): void {
  const { catalogue } = ports;
  const now = ports.now();
  const origin = originWithoutAccount({
    fileName: basename(path),
    bytes: sample.bytes,
    types: [...catalogue.types.keys()],
    now,
  });
  const type = catalogue.types.get(origin.messageType ?? '');
  if (type === undefined) throw new Error('a batch of no type is not read');
  const spool = createLocalSpool(sample.path, null);
  function* unlessWanted(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
    for (const chunk of chunks) {
      if (isWanted()) throw new Wanted();
      yield chunk;
    }
  }
  // Of all the tables, which take their time to make, those that will be asked.
  const asked = [...catalogue.types].filter(([name]) => name === type.name || name === type.rules.follows?.messageType);
  const options = { stagingDir, stagedInMemoryMaxBytes: 0, catalogue: { ...catalogue, types: new Map(asked) } };
  const store = openBatchStore({ path: IN_MEMORY, ...options });
  try {
    const batch = store.open({ ...origin, id: WARM_UP_ID });
    const interruptible = { ...spool, read: () => unlessWanted(spool.read(sample)) };
    judgeBatch({ ...ports, store, spool: interruptible }, batch, sample, null);
  } finally {
    store.close();
  }
}
