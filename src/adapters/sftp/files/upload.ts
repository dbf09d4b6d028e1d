/**
 * One upload that is being written: a file among the partial ones, which becomes visible to the pipeline at `publish`
 * and not before. States: open -> published | kept (a partial that a later upload may continue). After a write that
 * failed nothing more is taken, so that a partial holds no holes, and `publish` refuses. Only what may wait for the disk
 * is left to the thread pool, whose round trips cost more than a small file does.
 */
import {
  close,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  ftruncate,
  futimesSync,
  open,
  read,
  rename,
  unlink,
  write,
  writev,
} from 'node:fs';
import { promisify } from 'node:util';
import { failure, refusalOfError } from '../refusal';
import { mtimeSeconds } from './visible-attributes';

const inPool = {
  close: promisify(close),
  open: promisify(open),
  read: promisify(read),
  rename: promisify(rename),
  sync: promisify(fsync),
  syncContent: promisify(fdatasync),
  truncate: promisify(ftruncate),
  unlink: promisify(unlink),
  write: promisify(write),
  writev: promisify(writev),
};
const FILE_CREATION_MODE = 0o640;
/** Bytes after which the disk is set to work while more comes, so that little is left to do at CLOSE. */
const SYNCED_AHEAD_BYTES = 16_777_216;
/** So much comes in one write, which is most often the only one: it is synced while the client sends its CLOSE. */
const SMALL_FILE_BYTES = 32_768;

export interface UploadPlan {
  /** Where the bytes go. */
  readonly partialPath: string;
  /** Where the whole file goes. */
  readonly finalPath: string;
  /** Makes it durable there; refuses by throwing. */
  readonly settle: () => Promise<void>;
  /** Start with an empty file. */
  readonly truncate: boolean;
  /** Writes go to the end, whatever their offset. */
  readonly append: boolean;
  readonly maxFileBytes: number;
  /** The file was published before and was taken back to be continued. */
  readonly continuesPublished: boolean;
  /** Does what may wait for the disk when it is the account's turn, in the order it was asked. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  /** Called before the file grows; refuses by throwing. */
  readonly admitGrowth: (bytes: number) => void;
}

/** What a client sees of the file. */
export interface UploadState {
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

export class Upload {
  private failedBecause: string | null = null;
  private requestedMtime: number | null = null;
  private changed: boolean;
  private isDurable = false;
  /** Counts what may make the file less than durable. */
  private changes = 0;
  /** A sync of what was written so far, while more may come. Never rejects: its error is told by what comes next. */
  private syncedAhead: Promise<void> | null = null;
  private untold: Error | null = null;
  private aheadFromBytes = SYNCED_AHEAD_BYTES;
  /** Bytes taken over this handle. */
  receivedBytes = 0;

  private constructor(
    private readonly plan: UploadPlan,
    private readonly fd: number,
    private size: number,
  ) {
    this.changed = plan.truncate;
  }

  static async open(plan: UploadPlan): Promise<Upload> {
    const { O_RDWR, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
    const creation = plan.truncate ? O_CREAT | O_TRUNC : 0;
    const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | creation;
    const fd = await inPool.open(plan.partialPath, flags, FILE_CREATION_MODE);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw failure('this is no file');
      return new Upload(plan, fd, stats.size);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /**
   * Writes contents one after the other, the first at `offset`.
   * @throws Refusal for a file that would grow too large; the error of the disk, after which the upload has failed
   */
  async write(offset: bigint, contents: readonly Buffer[]): Promise<void> {
    this.assertSound();
    const length = byteCount(contents);
    try {
      const start = this.plan.append ? this.size : Number(offset);
      this.admitEnd(this.plan.append ? BigInt(start) + BigInt(length) : offset + BigInt(length));
      this.noteChange();
      await writeAll(this.fd, contents, start);
      this.size = Math.max(this.size, start + length);
      this.receivedBytes += length;
      if (this.syncedAhead !== null) return;
      const mayBeAll = this.receivedBytes === length && this.size <= SMALL_FILE_BYTES;
      if (mayBeAll) this.syncAhead(inPool.sync);
      else if (this.receivedBytes >= this.aheadFromBytes) this.syncAhead(inPool.syncContent);
    } catch (error) {
      this.failedBecause = refusalOfError(error).message;
      throw error;
    }
  }

  /** Reads back what was written. Returns the bytes read; 0 at the end. */
  async read(target: Buffer, start: number, length: number, offset: number): Promise<number> {
    return (await inPool.read(this.fd, target, start, length, offset)).bytesRead;
  }

  async truncate(size: bigint): Promise<void> {
    this.assertSound();
    this.admitEnd(size);
    this.noteChange();
    await inPool.truncate(this.fd, Number(size));
    this.size = Number(size);
  }

  /** Set at the end, as writing changes it again. */
  setTime(mtime: number): void {
    this.requestedMtime = mtime;
  }

  /**
   * Makes durable what is not yet. An error is kept: the system tells of it once, and the next sync would succeed.
   * @throws the error of the disk; Refusal when an earlier one was met
   */
  async sync(): Promise<void> {
    await this.syncedAhead;
    this.assertSound();
    if (this.isDurable) return;
    try {
      await inPool.sync(this.fd);
      this.isDurable = true;
    } catch (error) {
      this.failedBecause = refusalOfError(error).message;
      throw error;
    }
  }

  state(): UploadState {
    const stats = fstatSync(this.fd);
    return { size: stats.size, mtime: this.requestedMtime ?? mtimeSeconds(stats) };
  }

  /**
   * Makes the file durable and visible under its name. When it fails the bytes stay a partial.
   * @param takeName lets `rename` take the final name when that is free; is given where the file lies until then
   */
  async publish(takeName: (partialPath: string, rename: () => Promise<void>) => Promise<void>): Promise<UploadState> {
    const state = await this.finish();
    const { partialPath, finalPath, settle } = this.plan;
    await takeName(partialPath, () => inPool.rename(partialPath, finalPath));
    await settle();
    return state;
  }

  /**
   * The peer is gone. Nothing is published, but a file that was only opened to be continued goes back as it was, and
   * an empty one goes.
   */
  async keepPartial(): Promise<void> {
    await this.syncedAhead;
    await inPool.close(this.fd);
    const { partialPath, finalPath, settle, continuesPublished } = this.plan;
    if (continuesPublished && !this.changed) {
      await inPool.rename(partialPath, finalPath);
      await settle();
    } else if (this.size === 0) {
      await inPool.unlink(partialPath);
    }
    this.tellUntold();
  }

  /** Durable and closed. */
  private async finish(): Promise<UploadState> {
    let state: UploadState;
    await this.syncedAhead;
    try {
      this.assertSound();
      if (this.requestedMtime !== null) {
        futimesSync(this.fd, this.requestedMtime, this.requestedMtime);
        this.isDurable = false;
      }
      await this.sync();
      state = this.state();
    } catch (error) {
      await inPool.close(this.fd);
      throw error;
    }
    closeSync(this.fd); // nothing of it waits for the disk any more
    return state;
  }

  private noteChange(): void {
    this.changed = true;
    this.isDurable = false;
    this.changes += 1;
  }

  private syncAhead(sync: (fd: number) => Promise<void>): void {
    this.aheadFromBytes = this.receivedBytes + SYNCED_AHEAD_BYTES;
    const { changes } = this;
    this.syncedAhead = this.plan
      .inTurn(() => sync(this.fd))
      .then(() => {
        this.isDurable = this.changes === changes;
      })
      .catch((error: unknown) => {
        this.failedBecause ??= refusalOfError(error).message;
        this.untold = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.syncedAhead = null;
      });
  }

  private assertSound(): void {
    this.tellUntold();
    if (this.failedBecause !== null) throw failure(`the upload has failed before: ${this.failedBecause}`);
  }

  private tellUntold(): void {
    const { untold } = this;
    this.untold = null;
    if (untold !== null) throw untold;
  }

  private admitEnd(end: bigint): void {
    const { maxFileBytes, admitGrowth } = this.plan;
    if (end > BigInt(maxFileBytes)) throw failure(`the file is larger than the ${String(maxFileBytes)} bytes allowed`);
    const growth = Number(end) - this.size;
    if (growth > 0) admitGrowth(growth);
  }
}

async function writeAll(fd: number, contents: readonly Buffer[], start: number): Promise<void> {
  const length = byteCount(contents);
  let { bytesWritten: done } = await inPool.writev(fd, [...contents], start);
  if (done === length) return;
  const whole = Buffer.concat(contents, length); // a short write is rare: a full disk, a signal
  while (done < length) done += (await inPool.write(fd, whole, done, length - done, start + done)).bytesWritten;
}

function byteCount(contents: readonly Buffer[]): number {
  return contents.reduce((sum, content) => sum + content.length, 0);
}
