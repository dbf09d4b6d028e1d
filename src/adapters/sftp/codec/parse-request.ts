/**
 * One packet's bytes to a request. Bytes after the last member are ignored, as some clients send members of a later
 * version. Anything that cannot be read is a ProtocolError, and nothing else is ever thrown.
 * @see draft-ietf-secsh-filexfer-02, section 6
 */
import { ByteReader } from './byte-reader';
import { EXTENSION, PACKET } from './packet-types';
import type { AnsweredRequest, SftpRequest } from './sftp-request';

type Parse = (id: number, reader: ByteReader) => AnsweredRequest;

const PARSERS: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [
    PACKET.OPEN,
    (id, reader) => ({
      kind: 'open',
      id,
      path: reader.readString(),
      flags: reader.readUint32(),
      attributes: reader.readAttributes(),
    }),
  ],
  [PACKET.CLOSE, (id, reader) => ({ kind: 'close', id, handle: reader.readString() })],
  [
    PACKET.READ,
    (id, reader) => ({
      kind: 'read',
      id,
      handle: reader.readString(),
      offset: reader.readUint64(),
      length: reader.readUint32(),
    }),
  ],
  [
    PACKET.WRITE,
    (id, reader) => ({
      kind: 'write',
      id,
      handle: reader.readString(),
      offset: reader.readUint64(),
      content: reader.readString(),
    }),
  ],
  [PACKET.STAT, (id, reader) => ({ kind: 'stat', id, path: reader.readString() })],
  [PACKET.LSTAT, (id, reader) => ({ kind: 'stat', id, path: reader.readString() })],
  [PACKET.FSTAT, (id, reader) => ({ kind: 'fstat', id, handle: reader.readString() })],
  [
    PACKET.SETSTAT,
    (id, reader) => ({ kind: 'setstat', id, path: reader.readString(), attributes: reader.readAttributes() }),
  ],
  [
    PACKET.FSETSTAT,
    (id, reader) => ({ kind: 'fsetstat', id, handle: reader.readString(), attributes: reader.readAttributes() }),
  ],
  [PACKET.OPENDIR, (id, reader) => ({ kind: 'opendir', id, path: reader.readString() })],
  [PACKET.READDIR, (id, reader) => ({ kind: 'readdir', id, handle: reader.readString() })],
  [PACKET.REMOVE, (id, reader) => ({ kind: 'remove', id, path: reader.readString() })],
  [PACKET.MKDIR, (id) => ({ kind: 'folders-fixed', id, operation: 'mkdir' })],
  [PACKET.RMDIR, (id) => ({ kind: 'folders-fixed', id, operation: 'rmdir' })],
  [PACKET.REALPATH, (id, reader) => ({ kind: 'realpath', id, path: reader.readString() })],
  [PACKET.RENAME, (id, reader) => parseRename(id, reader, false)],
  [PACKET.READLINK, (id) => ({ kind: 'unsupported', id, what: 'links' })],
  [PACKET.SYMLINK, (id) => ({ kind: 'unsupported', id, what: 'links' })],
  [PACKET.EXTENDED, parseExtended],
]);

/**
 * @param packet type byte and members, without the length
 * @throws ProtocolError when a member is missing or cut off
 */
export function parseRequest(packet: Buffer): SftpRequest {
  const reader = new ByteReader(packet);
  const type = reader.readByte();
  if (type === PACKET.INIT) return { kind: 'init', version: reader.readUint32() };
  const id = reader.readUint32();
  const parse = PARSERS.get(type);
  if (parse === undefined) return { kind: 'unsupported', id, what: `packet type ${String(type)}` };
  return parse(id, reader);
}

function parseRename(id: number, reader: ByteReader, replace: boolean): AnsweredRequest {
  return { kind: 'rename', id, from: reader.readString(), to: reader.readString(), replace };
}

function parseExtended(id: number, reader: ByteReader): AnsweredRequest {
  const name = reader.readString().toString('latin1');
  switch (name) {
    case EXTENSION.POSIX_RENAME:
      return parseRename(id, reader, true);
    case EXTENSION.STATVFS:
      return { kind: 'statvfs', id };
    case EXTENSION.FSYNC:
      return { kind: 'fsync', id, handle: reader.readString() };
    case EXTENSION.LIMITS:
      return { kind: 'limits', id };
    default:
      return { kind: 'unsupported', id, what: 'this extension' };
  }
}
