/**
 * Cuts the byte stream of a channel into packets: a four-byte length, then type and members. It holds at most one
 * packet that is not complete, and copies each byte once. A length that is no packet's is a ProtocolError, after which
 * the framer must not be used again.
 */
import { PACKET_MAX_BYTES } from './packet-types';
import { ProtocolError } from './protocol-error';

const LENGTH_BYTES = 4;

export class PacketFramer {
  private readonly header = Buffer.alloc(LENGTH_BYTES);
  private headerFilled = 0;
  private body: Buffer | null = null;
  private bodyFilled = 0;

  /** @param allocate memory for a packet of so many bytes */
  constructor(private readonly allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes)) {}

  /**
   * Takes the next bytes and hands each packet that they complete, without its length, to `onPacket`.
   * @throws ProtocolError for a length of 0 or above PACKET_MAX_BYTES
   */
  push(chunk: Buffer, onPacket: (packet: Buffer) => void): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.body === null) {
        position = this.fillHeader(chunk, position);
        continue;
      }
      const copied = chunk.copy(this.body, this.bodyFilled, position);
      position += copied;
      this.bodyFilled += copied;
      if (this.bodyFilled === this.body.length) {
        const packet = this.body;
        this.body = null;
        onPacket(packet);
      }
    }
  }

  private fillHeader(chunk: Buffer, position: number): number {
    const copied = chunk.copy(this.header, this.headerFilled, position);
    this.headerFilled += copied;
    if (this.headerFilled === LENGTH_BYTES) {
      const length = this.header.readUInt32BE(0);
      if (length === 0 || length > PACKET_MAX_BYTES) {
        throw new ProtocolError(`a packet of ${String(length)} bytes; 1 to ${String(PACKET_MAX_BYTES)} are possible`);
      }
      this.body = this.allocate(length);
      this.bodyFilled = 0;
      this.headerFilled = 0;
    }
    return position + copied;
  }
}
