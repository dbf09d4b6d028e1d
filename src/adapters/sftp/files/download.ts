/**
 * A file that a client reads: regular files only, links never followed. It knows whether all of it was delivered. Only
 * what may wait for the disk is left to the thread pool, whose round trips cost more than a small file does.
 */
import { closeSync, constants, fstatSync, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { failure } from '../refusal';
import { mtimeSeconds } from './visible-attributes';
import type { UploadState } from './upload';

const openFile = promisify(open);
const readFile = promisify(read);

export class Download {
  private deliveredTo = 0;
  /** Bytes sent over this handle. */
  sentBytes = 0;

  private constructor(
    private readonly fd: number,
    private readonly sizeAtOpen: number,
  ) {}

  /** @throws Refusal for anything but a regular file; the errors of the disk */
  static async open(path: string): Promise<Download> {
    const fd = await openFile(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw failure('this is no file');
      return new Download(fd, stats.size);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Returns the bytes read; 0 at the end. */
  async read(target: Buffer, start: number, length: number, offset: number): Promise<number> {
    if (offset >= fstatSync(this.fd).size) return 0;
    const { bytesRead } = await readFile(this.fd, target, start, length, offset);
    this.sentBytes += bytesRead;
    if (offset <= this.deliveredTo) this.deliveredTo = Math.max(this.deliveredTo, offset + bytesRead);
    return bytesRead;
  }

  state(): UploadState {
    const stats = fstatSync(this.fd);
    return { size: stats.size, mtime: mtimeSeconds(stats) };
  }

  /** Whether every byte of the file was read, from the first on. */
  isComplete(): boolean {
    return this.deliveredTo >= this.sizeAtOpen;
  }

  close(): void {
    closeSync(this.fd);
  }
}
