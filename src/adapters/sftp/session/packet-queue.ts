/** Packets that wait, first in, first out. Taking one costs the same however many there are. */
const COMPACT_FROM = 1024;

export class PacketQueue {
  private packets: (Buffer | undefined)[] = [];
  private first = 0;

  get length(): number {
    return this.packets.length - this.first;
  }

  push(packet: Buffer): void {
    this.packets.push(packet);
  }

  /** The next one, which stays. */
  peek(): Buffer | undefined {
    return this.packets[this.first];
  }

  shift(): Buffer | undefined {
    const packet = this.packets[this.first];
    if (packet === undefined) return undefined;
    this.packets[this.first] = undefined;
    this.first += 1;
    if (this.first >= COMPACT_FROM && this.first * 2 >= this.packets.length) {
      this.packets = this.packets.slice(this.first);
      this.first = 0;
    }
    return packet;
  }
}
