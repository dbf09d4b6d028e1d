/**
 * A folder that is held open. Names below it are looked up from what is held and from nowhere else: whoever moves the
 * folder away or puts a link in its place meanwhile moves nobody out of it. Node has no openat; Linux's
 * `/proc/self/fd/<number>/<name>` is the same walk. Whatever is looked up below must be opened with O_NOFOLLOW, or with
 * a call that follows no link in its last step (lstat, rename, unlink, lutimes).
 */
import { constants, lstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export class HeldFolder {
  private constructor(
    private readonly handle: FileHandle,
    /** Where it was found. */
    readonly place: string,
    /** Of the folder on disk: another one in its place has another. */
    readonly identity: string,
  ) {}

  /** @throws the error of the file system; ENOTDIR or ELOOP for a link and for what is no folder */
  static async open(path: string): Promise<HeldFolder> {
    return HeldFolder.hold(path, path);
  }

  /** A folder in this one. @throws as `open` */
  async below(name: string): Promise<HeldFolder> {
    return HeldFolder.hold(this.path(name), join(this.place, name));
  }

  /** Path of a name in the folder, or of the folder itself; worth nothing any more once it is closed. */
  path(name = '.'): string {
    return `/proc/self/fd/${String(this.handle.fd)}/${name}`;
  }

  /** Makes what was created, renamed or removed in it durable. */
  async sync(): Promise<void> {
    await this.handle.sync();
  }

  /** Whether it still lies where it was found. */
  isInPlace(): boolean {
    try {
      return identityOf(lstatSync(this.place, { bigint: true })) === this.identity;
    } catch {
      return false; // nothing lies there, or nothing that can be looked at
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private static async hold(path: string, place: string): Promise<HeldFolder> {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      return new HeldFolder(handle, place, identityOf(await handle.stat({ bigint: true })));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}

function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${String(dev)}:${String(ino)}`;
}
