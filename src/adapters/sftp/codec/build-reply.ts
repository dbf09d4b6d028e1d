/** Replies as bytes, each a whole packet with its length. Pure; what does not fit its member is a bug of the caller. */
import { buildAttributes, type FileAttributes } from './file-attributes';
import { EXTENSION, PACKET, PACKET_ANNOUNCED_BYTES, PROTOCOL_VERSION, TRANSFER_MAX_BYTES } from './packet-types';
import type { StatusCode } from './packet-types';

/** A name in a listing; `longName` is the line as `ls -l` writes it. */
export interface ListedName {
  readonly name: string;
  readonly longName: string;
  readonly attributes: FileAttributes;
}

/** Figures of the `statvfs@openssh.com` reply; blocks of `blockBytes`. */
export interface FileSystemFigures {
  readonly blockBytes: bigint;
  readonly blocks: bigint;
  readonly blocksFree: bigint;
  readonly files: bigint;
  readonly filesFree: bigint;
}

export function buildVersion(): Buffer {
  const extensions: readonly (readonly [string, string])[] = [
    [EXTENSION.POSIX_RENAME, '1'],
    [EXTENSION.STATVFS, '2'],
    [EXTENSION.FSYNC, '1'],
    [EXTENSION.LIMITS, '1'],
  ];
  return framed(
    Buffer.of(PACKET.VERSION),
    uint32(PROTOCOL_VERSION),
    ...extensions.flatMap(([name, version]) => [counted(name), counted(version)]),
  );
}

export function buildStatus(id: number, code: StatusCode, message: string): Buffer {
  return framed(Buffer.of(PACKET.STATUS), uint32(id), uint32(code), counted(message), counted('en'));
}

export function buildHandle(id: number, handle: Buffer): Buffer {
  return framed(Buffer.of(PACKET.HANDLE), uint32(id), counted(handle));
}

export function buildAttrs(id: number, attributes: FileAttributes): Buffer {
  return framed(Buffer.of(PACKET.ATTRS), uint32(id), buildAttributes(attributes));
}

/** One entry of a NAME reply, to be joined by `buildNames`; apart, so that a reply can be kept below a size. */
export function buildNameEntry(entry: ListedName): Buffer {
  return Buffer.concat([counted(entry.name), counted(entry.longName), buildAttributes(entry.attributes)]);
}

export function buildNames(id: number, entries: readonly Buffer[]): Buffer {
  return framed(Buffer.of(PACKET.NAME), uint32(id), uint32(entries.length), ...entries);
}

/** Bytes before the content in a DATA packet. */
export const DATA_OFFSET = 13;

/** Room for a DATA packet; the content is read straight into it, from DATA_OFFSET on, then `sealData` finishes it. */
export function allocateData(contentMaxBytes: number): Buffer {
  return Buffer.allocUnsafe(DATA_OFFSET + contentMaxBytes);
}

export function sealData(packet: Buffer, id: number, contentBytes: number): Buffer {
  packet.writeUInt32BE(DATA_OFFSET - 4 + contentBytes, 0);
  packet.writeUInt8(PACKET.DATA, 4);
  packet.writeUInt32BE(id, 5);
  packet.writeUInt32BE(contentBytes, 9);
  return packet.subarray(0, DATA_OFFSET + contentBytes);
}

/** @see OpenSSH PROTOCOL, section 4.8 */
export function buildLimits(id: number, handlesMax: number): Buffer {
  const figures = [PACKET_ANNOUNCED_BYTES, TRANSFER_MAX_BYTES, TRANSFER_MAX_BYTES, handlesMax];
  return framed(Buffer.of(PACKET.EXTENDED_REPLY), uint32(id), ...figures.map((figure) => uint64(BigInt(figure))));
}

/** @see OpenSSH PROTOCOL, section 4.4 */
export function buildStatvfs(id: number, figures: FileSystemFigures): Buffer {
  const { blockBytes, blocks, blocksFree, files, filesFree } = figures;
  const nameMaxBytes = 255n;
  const noFlags = 0n;
  const fileSystemId = 0n;
  const members = [blockBytes, blockBytes, blocks, blocksFree, blocksFree, files, filesFree, filesFree];
  return framed(
    Buffer.of(PACKET.EXTENDED_REPLY),
    uint32(id),
    ...[...members, fileSystemId, noFlags, nameMaxBytes].map(uint64),
  );
}

function framed(...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([uint32(length), ...parts], 4 + length);
}

/** A string with its length in front. */
export function counted(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(value, 0);
  return bytes;
}
