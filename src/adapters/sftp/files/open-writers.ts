/**
 * One writer per name: which names an upload, a rename or a removal works on right now, over all connections of all
 * accounts. Taking and giving back are synchronous, so two requests never both believe to be first.
 */
import type { DropFolder } from './resolve-path';
import type { Upload } from './upload';
import { failure } from '../refusal';

export class OpenWriters {
  /** A null stands for a name that is kept while a rename or a removal is on its way. */
  private readonly held = new Map<string, Upload | null>();
  private readonly names = new Set<string>();
  private readonly besides = new Map<string, string>();

  static key(account: string, folder: DropFolder, name: string): string {
    return `${account}/${folder}/${name}`;
  }

  /** @throws Refusal when the name is held already */
  take(key: string): void {
    if (this.held.has(key)) throw failure(`${key.slice(key.lastIndexOf('/') + 1)} is being written`);
    this.held.set(key, null);
    this.names.add(key);
  }

  /** The upload that holds the name, for what reaches it by its path. */
  attach(key: string, upload: Upload): void {
    this.held.set(key, upload);
  }

  /** The upload is for the batch after the one whose file, of this identity, lies there complete. */
  writeBeside(key: string, identity: string): void {
    this.besides.set(key, identity);
  }

  /** Null when nothing lay there complete. */
  beside(key: string): string | null {
    return this.besides.get(key) ?? null;
  }

  upload(key: string): Upload | null {
    return this.held.get(key) ?? null;
  }

  release(key: string): void {
    this.held.delete(key);
    this.names.delete(key);
    this.besides.delete(key);
  }

  /** Live view of the names, as `account/folder/name`. */
  all(): ReadonlySet<string> {
    return this.names;
  }

  /** Takes several names or none, does something, and gives them back. */
  async during<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const taken: string[] = [];
    try {
      for (const key of keys) {
        this.take(key);
        taken.push(key);
      }
      return await work();
    } finally {
      for (const key of taken) this.release(key);
    }
  }
}
