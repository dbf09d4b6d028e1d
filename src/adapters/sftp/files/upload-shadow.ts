/**
 * Remembers, for a short while, the size and time of what an account has uploaded: clients check a file after they put
 * it, by name and maybe over another connection, when the pipeline has long taken it. Bounded in number; the oldest go
 * first.
 */
export interface ShadowedFile {
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

interface Entry extends ShadowedFile {
  /** When the upload was published or, later, its work was done, on the clock of `now`. */
  readonly since: number;
  readonly acceptedAt: Date;
}

const ENTRIES_MAX = 11_000;
/** What is kept then. Many go at a time: a map of which one was deleted after the other is slow at its beginning. */
const ENTRIES_KEPT = 10_000;

export class UploadShadow {
  private readonly entries = new Map<string, Entry>();

  /**
   * @param shadowMs how long an entry is kept
   * @param now milliseconds, rising
   * @param isClaimed whether the file of that key is being worked on: then its entry outlives `shadowMs`
   */
  constructor(
    private readonly shadowMs: number,
    private readonly now: () => number,
    private readonly isClaimed: (key: string) => boolean,
  ) {}

  remember(key: string, file: ShadowedFile): void {
    this.entries.delete(key);
    this.entries.set(key, { ...file, since: this.now(), acceptedAt: new Date() });
    if (this.entries.size > ENTRIES_MAX) this.prune();
  }

  /** The pipeline is done with the file: from now on it is kept as long as one uploaded now. */
  renew(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.entries.set(key, { ...entry, since: this.now() });
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  lookUp(key: string): Entry | null {
    const entry = this.entries.get(key);
    if (entry === undefined) return null;
    if (this.isFresh(key, entry)) return entry;
    this.entries.delete(key);
    return null;
  }

  /** Takes a modification time that the client set. False when nothing is remembered under that key. */
  setTime(key: string, mtime: number): boolean {
    const entry = this.lookUp(key);
    if (entry === null) return false;
    this.entries.set(key, { ...entry, mtime });
    return true;
  }

  private isFresh(key: string, entry: Entry): boolean {
    return this.now() - entry.since <= this.shadowMs || this.isClaimed(key);
  }

  /** Entries lie in the order of their age, so looking stops at the first that is kept. */
  private prune(): void {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= ENTRIES_KEPT && this.isFresh(key, entry)) return;
      this.entries.delete(key);
    }
  }
}
