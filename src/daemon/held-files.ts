/**
 * Which files of the drop folders belong to batches in hand, by name and by identity: a name alone may stand for a file
 * in work and for the next one that was uploaded meanwhile.
 */
import type { HeldFile } from '../adapters/sftp/sftp-events';
import type { BatchOrigin } from '../domain/batch-record';

/** For its sender the data file is gone, or whatever else the batch is about. A marker stays until the end. */
interface Entry extends HeldFile {
  readonly batchId: string;
}

export class HeldFiles {
  readonly #byName = new Map<string, readonly Entry[]>();

  add(origin: BatchOrigin): void {
    for (const [key, entry] of filesOf(origin)) this.#byName.set(key, [...(this.#byName.get(key) ?? []), entry]);
  }

  remove(origin: BatchOrigin): void {
    for (const [key] of filesOf(origin)) {
      const left = (this.#byName.get(key) ?? []).filter(({ batchId }) => batchId !== origin.id);
      if (left.length === 0) this.#byName.delete(key);
      else this.#byName.set(key, left);
    }
  }

  /** @param isRunning whether a batch is in work; its marker is not held any more, but may be the next one's */
  of(
    account: string,
    folder: BatchOrigin['folder'],
    fileName: string,
    isRunning: (batchId: string) => boolean,
  ): readonly HeldFile[] {
    const entries = this.#byName.get(nameKey(account, folder, fileName));
    return entries?.filter(({ isGone, batchId }) => isGone || !isRunning(batchId)) ?? [];
  }
}

/** A reminder takes nothing, and a replay takes no file of a drop folder. */
function filesOf(origin: BatchOrigin): readonly (readonly [string, Entry])[] {
  const { id: batchId, account, folder, cause, fileName, dataIdentity, markerName, markerIdentity } = origin;
  if (cause === 'unmarked' || cause === 'replay') return [];
  const file = (name: string | null, identity: string | null, isGone: boolean) =>
    name === null || identity === null
      ? []
      : [[nameKey(account, folder, name), { batchId, identity, isGone }] as const];
  if (dataIdentity === null) return file(markerName, markerIdentity, true);
  return [...file(fileName, dataIdentity, true), ...file(markerName, markerIdentity, false)];
}

function nameKey(account: string, folder: BatchOrigin['folder'], fileName: string): string {
  return `${account}/${folder}/${fileName}`;
}
