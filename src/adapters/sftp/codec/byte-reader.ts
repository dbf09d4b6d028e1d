/**
 * Reads the members of one packet in order. It never reads past the end: what is missing is a ProtocolError. Buffers
 * that it hands out share memory with the packet.
 */
import { ATTRIBUTE_FLAG } from './packet-types';
import type { FileAttributes } from './file-attributes';
import { ProtocolError } from './protocol-error';

export class ByteReader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  consumedBytes(): number {
    return this.position;
  }

  readByte(): number {
    return this.bytes.readUInt8(this.advance(1));
  }

  readUint32(): number {
    return this.bytes.readUInt32BE(this.advance(4));
  }

  readUint64(): bigint {
    return this.bytes.readBigUInt64BE(this.advance(8));
  }

  /** A counted string, as bytes: paths are decoded where they are judged. */
  readString(): Buffer {
    const length = this.readUint32();
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** Attributes; unknown extended ones are read over. */
  readAttributes(): FileAttributes {
    const flags = this.readUint32();
    const size = (flags & ATTRIBUTE_FLAG.SIZE) !== 0 ? this.readUint64() : null;
    const owner = (flags & ATTRIBUTE_FLAG.UIDGID) !== 0 ? { uid: this.readUint32(), gid: this.readUint32() } : null;
    const permissions = (flags & ATTRIBUTE_FLAG.PERMISSIONS) !== 0 ? this.readUint32() : null;
    const times =
      (flags & ATTRIBUTE_FLAG.ACMODTIME) !== 0 ? { atime: this.readUint32(), mtime: this.readUint32() } : null;
    if ((flags & ATTRIBUTE_FLAG.EXTENDED) !== 0) {
      for (let count = this.readUint32(); count > 0; count -= 1) {
        this.readString();
        this.readString();
      }
    }
    return { size, owner, permissions, times };
  }

  private advance(count: number): number {
    const start = this.position;
    if (start + count > this.bytes.length) throw new ProtocolError('a packet ends before its members do');
    this.position = start + count;
    return start;
  }
}
