/**
 * Bytes and files that an account holds in its drop folders and among its partial uploads, measured when an upload is
 * opened and counted on while it grows. Accounts without quota are not measured. Nothing is admitted while the server
 * itself is short of space.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '../../../domain/account';
import { failure } from '../refusal';
import type { AccountFolders } from './account-folders';

const MEBIBYTE = 1_048_576;

export class AccountUsage {
  private bytes = 0;
  /** Admitted, and not there yet. */
  private coming = 0;
  private admitting: Promise<unknown> = Promise.resolve();

  /** @param whyNone why the server takes no byte from anybody now, or null */
  constructor(
    private readonly folders: AccountFolders,
    private readonly whyNone: () => string | null,
  ) {}

  /** Figures of the disk; `null` quotas are reported as unlimited by the caller. */
  async measure(): Promise<{ readonly bytes: number; readonly files: number }> {
    let bytes = 0;
    let files = 0;
    const { folders } = this;
    // In the order in which a file goes: one that goes meanwhile is counted twice rather than not at all.
    const paths = [
      folders.partialPath('root'),
      folders.partialPath('test'),
      folders.path('root'),
      folders.path('test'),
    ];
    for (const path of paths) {
      for (const entry of await readdir(path, { withFileTypes: true })) {
        if (!entry.isFile()) continue;
        files += 1;
        bytes += await sizeOf(join(path, entry.name));
      }
    }
    this.bytes = bytes;
    return { bytes, files };
  }

  /**
   * Makes one more file, when there is room for it. One at a time is admitted: several sessions would all see the same
   * room.
   * @throws Refusal when one more file is too many; what `make` throws
   */
  async admitFile<T>(account: Account, make: () => Promise<T>): Promise<T> {
    this.assertRoom();
    if (account.quotaFiles === null && account.quotaBytes === null) return make();
    const admitted = this.admitting.then(() => this.assertOneMore(account));
    this.admitting = admitted.catch(() => undefined);
    await admitted;
    try {
      return await make();
    } finally {
      this.coming -= 1;
    }
  }

  private async assertOneMore({ quotaFiles }: Account): Promise<void> {
    const { coming } = this;
    const files = (await this.measure()).files + coming;
    if (quotaFiles !== null && files + 1 > quotaFiles)
      throw failure(`quota exceeded: ${String(files)} of ${String(quotaFiles)} files`);
    this.coming += 1;
  }

  /** Before an upload to a name that counts already. @throws Refusal */
  async admitGrown(account: Account): Promise<void> {
    this.assertRoom();
    if (account.quotaBytes !== null) await this.measure();
  }

  /** @throws Refusal when the growth is too much; then nothing is counted */
  admitGrowth(account: Account, growthBytes: number): void {
    this.assertRoom();
    const { quotaBytes } = account;
    if (quotaBytes === null) return;
    if (this.bytes + growthBytes > quotaBytes) {
      throw failure(`quota exceeded: ${mebibytes(this.bytes)} of ${mebibytes(quotaBytes)} MiB`);
    }
    this.bytes += growthBytes;
  }

  private assertRoom(): void {
    const why = this.whyNone();
    if (why !== null) throw failure(why);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    return 0; // taken by the pipeline meanwhile
  }
}

function mebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(bytes < 10 * MEBIBYTE ? 1 : 0);
}
