/**
 * Memory of large packets that were carried out, kept for the next ones. Uploads bring thousands of packets of one
 * length; were each made anew, the engine would go through all of its memory after every few of them. Holds a bounded
 * number of bytes for all sessions together, and never hands a packet out twice before it was given back.
 */
const POOLED_MIN_BYTES = 16_384;

export class PacketPool {
  private readonly spare = new Map<number, Buffer[]>();
  private spareBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Memory of that length; what is in it is anybody's. */
  take(bytes: number): Buffer {
    if (bytes < POOLED_MIN_BYTES) return Buffer.allocUnsafe(bytes);
    const packet = this.spare.get(bytes)?.pop();
    if (packet !== undefined) {
      this.spareBytes -= bytes;
      return packet;
    }
    if (this.spareBytes + bytes > this.maxBytes) this.clear(); // of lengths that nobody asks for
    return Buffer.allocUnsafe(bytes);
  }

  /** Nobody may look at it any more, nor at any part of it. */
  give(packet: Buffer): void {
    const bytes = packet.length;
    if (bytes < POOLED_MIN_BYTES || this.spareBytes + bytes > this.maxBytes) return;
    this.spareBytes += bytes;
    const others = this.spare.get(bytes);
    if (others === undefined) this.spare.set(bytes, [packet]);
    else others.push(packet);
  }

  private clear(): void {
    this.spare.clear();
    this.spareBytes = 0;
  }
}
