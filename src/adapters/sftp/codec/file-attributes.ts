/** Attributes of a file on the wire; a member that the sender left out is null. */
import { ATTRIBUTE_FLAG } from './packet-types';

export interface FileAttributes {
  /** Bytes. */
  readonly size: bigint | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** POSIX mode with the file type. */
  readonly permissions: number | null;
  /** Seconds since 1970. */
  readonly times: { readonly atime: number; readonly mtime: number } | null;
}

/** Attributes as bytes. */
export function buildAttributes(attributes: FileAttributes): Buffer {
  const { size, owner, permissions, times } = attributes;
  const bytes = Buffer.alloc(32);
  let end = 4;
  let flags = 0;
  if (size !== null) {
    flags |= ATTRIBUTE_FLAG.SIZE;
    end = bytes.writeBigUInt64BE(size, end);
  }
  if (owner !== null) {
    flags |= ATTRIBUTE_FLAG.UIDGID;
    end = bytes.writeUInt32BE(owner.uid, end);
    end = bytes.writeUInt32BE(owner.gid, end);
  }
  if (permissions !== null) {
    flags |= ATTRIBUTE_FLAG.PERMISSIONS;
    end = bytes.writeUInt32BE(permissions, end);
  }
  if (times !== null) {
    flags |= ATTRIBUTE_FLAG.ACMODTIME;
    end = bytes.writeUInt32BE(times.atime, end);
    end = bytes.writeUInt32BE(times.mtime, end);
  }
  bytes.writeUInt32BE(flags, 0);
  return bytes.subarray(0, end);
}
