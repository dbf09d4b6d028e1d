/** A file that a client reads: regular files only, links never followed. It knows whether all of it was delivered. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { failure } from '../refusal';
import { mtimeSeconds } from './visible-attributes';
import type { UploadState } from './upload';

export class Download {
  private deliveredTo = 0;
  /** Bytes sent over this handle. */
  sentBytes = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly sizeAtOpen: number,
  ) {}

  /** @throws Refusal for anything but a regular file; the errors of the disk */
  static async open(path: string): Promise<Download> {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw failure('this is no file');
      return new Download(file, stats.size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Returns the bytes read; 0 at the end. */
  async read(target: Buffer, start: number, length: number, offset: number): Promise<number> {
    const { bytesRead } = await this.file.read(target, start, length, offset);
    this.sentBytes += bytesRead;
    if (offset <= this.deliveredTo) this.deliveredTo = Math.max(this.deliveredTo, offset + bytesRead);
    return bytesRead;
  }

  async state(): Promise<UploadState> {
    const stats = await this.file.stat();
    return { size: stats.size, mtime: mtimeSeconds(stats) };
  }

  /** Whether every byte of the file was read, from the first on. */
  isComplete(): boolean {
    return this.deliveredTo >= this.sizeAtOpen;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
