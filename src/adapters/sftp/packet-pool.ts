/**
 * Memory of large packets that were carried out, kept for the next ones. Uploads bring thousands of packets of one
 * length; were each made anew, the engine would go through all of its memory after every few of them. Holds a bounded
 * number of bytes for all sessions together, and never hands a packet out twice before it was given back. What the
 * transport makes on the way is beyond its reach: after so many bytes of packets it has that collected.
 */
const POOLED_MIN_BYTES = 16_384;
/** Measured: at half of it collecting costs too much, at twice of it the engine begins to mark by itself. */
export const PASSED_MAX_BYTES = 8_388_608;

export class PacketPool {
  private readonly spare = new Map<number, Buffer[]>();
  private spareBytes = 0;
  private takenBytes = 0;

  /** @param collect called after every `PASSED_MAX_BYTES` of packets */
  constructor(
    private readonly maxBytes: number,
    private readonly collect: () => void,
  ) {}

  /** Memory of that length; what is in it is anybody's. */
  take(bytes: number): Buffer {
    this.takenBytes += bytes;
    if (this.takenBytes >= PASSED_MAX_BYTES) {
      this.takenBytes = 0;
      this.collect();
    }
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
