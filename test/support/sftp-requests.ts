/** Requests as the bytes a client would send, and replies taken apart: the other side of the codec, for tests. */
import { buildAttributes, type FileAttributes } from '../../src/adapters/sftp/codec/file-attributes';
import { EXTENSION, PACKET } from '../../src/adapters/sftp/codec/packet-types';
import type { SftpRequest } from '../../src/adapters/sftp/codec/sftp-request';

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function counted(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export const NO_ATTRIBUTES: FileAttributes = { size: null, owner: null, permissions: null, times: null };

/** A packet without its length. */
export function encodeRequest(request: SftpRequest): Buffer {
  if (request.kind === 'init') return Buffer.concat([Buffer.of(PACKET.INIT), uint32(request.version)]);
  const packet = (type: number, ...members: Buffer[]): Buffer =>
    Buffer.concat([Buffer.of(type), uint32(request.id), ...members]);
  switch (request.kind) {
    case 'open':
      return packet(PACKET.OPEN, counted(request.path), uint32(request.flags), buildAttributes(request.attributes));
    case 'close':
      return packet(PACKET.CLOSE, counted(request.handle));
    case 'read':
      return packet(PACKET.READ, counted(request.handle), uint64(request.offset), uint32(request.length));
    case 'write':
      return packet(PACKET.WRITE, counted(request.handle), uint64(request.offset), counted(request.content));
    case 'stat':
      return packet(PACKET.STAT, counted(request.path));
    case 'fstat':
      return packet(PACKET.FSTAT, counted(request.handle));
    case 'setstat':
      return packet(PACKET.SETSTAT, counted(request.path), buildAttributes(request.attributes));
    case 'fsetstat':
      return packet(PACKET.FSETSTAT, counted(request.handle), buildAttributes(request.attributes));
    case 'opendir':
      return packet(PACKET.OPENDIR, counted(request.path));
    case 'readdir':
      return packet(PACKET.READDIR, counted(request.handle));
    case 'remove':
      return packet(PACKET.REMOVE, counted(request.path));
    case 'folders-fixed':
      return packet(request.operation === 'mkdir' ? PACKET.MKDIR : PACKET.RMDIR, counted('x'));
    case 'realpath':
      return packet(PACKET.REALPATH, counted(request.path));
    case 'unsupported':
      return packet(PACKET.SYMLINK, counted('x'), counted('y'));
    default:
      return packet(...extendedMembers(request));
  }
}

function extendedMembers(
  request: Extract<SftpRequest, { kind: 'rename' | 'statvfs' | 'fsync' | 'limits' }>,
): [number, ...Buffer[]] {
  switch (request.kind) {
    case 'rename':
      return request.replace
        ? [PACKET.EXTENDED, counted(EXTENSION.POSIX_RENAME), counted(request.from), counted(request.to)]
        : [PACKET.RENAME, counted(request.from), counted(request.to)];
    case 'statvfs':
      return [PACKET.EXTENDED, counted(EXTENSION.STATVFS), counted('/')];
    case 'fsync':
      return [PACKET.EXTENDED, counted(EXTENSION.FSYNC), counted(request.handle)];
    case 'limits':
      return [PACKET.EXTENDED, counted(EXTENSION.LIMITS)];
  }
}

export function framed(packet: Buffer): Buffer {
  return Buffer.concat([uint32(packet.length), packet]);
}
