/**
 * Writes that a client sends one after the other and that lie one after the other in the file are carried out as one:
 * most clients send 32 KiB at a time, and each trip to the disk costs as much as the bytes do. Pure.
 */
import { PACKET } from '../codec/packet-types';
import { parseRequest } from '../codec/parse-request';
import type { SftpRequest } from '../codec/sftp-request';

export type WriteRequest = Extract<SftpRequest, { kind: 'write' }>;

/** Bytes from which on nothing more is joined. */
export const JOINED_MAX_BYTES = 1_048_576;

/**
 * The next packet as a write, when it goes on where `previous` ends.
 * @throws ProtocolError when the packet cannot be read
 */
export function joinableWrite(previous: WriteRequest, packet: Buffer): WriteRequest | null {
  if (packet[0] !== PACKET.WRITE) return null;
  const next = parseRequest(packet);
  if (next.kind !== 'write' || !next.handle.equals(previous.handle)) return null;
  return next.offset === previous.offset + BigInt(previous.content.length) ? next : null;
}
