/**
 * What one connection holds for its peer, told to the budget of all connections as it changes. Above its share nothing
 * more is taken from the socket, except when only the client can bring it on: by taking replies, or with the rest of a
 * request of which a large part is held. Decides nothing about who is cut.
 */
import type { Socket } from 'node:net';
import type { MemoryBudget } from './memory-budget';
import type { SessionGate } from './session-gate';

export interface HeldMemoryOptions<Owner> {
  readonly owner: Owner;
  readonly budget: MemoryBudget<Owner>;
  readonly socket: Socket;
  readonly gate: SessionGate;
  /** Whose it is; empty before login. */
  readonly accountName: () => string;
  /** Packets that the transport keeps until keys are exchanged. */
  readonly heldBackPackets: () => number;
  /** The socket has taken all that was written to it. */
  readonly onDrained: () => void;
  /** All connections together hold too much: somebody is to be cut. */
  readonly onExceeded: () => void;
}

/** What a packet on its way out costs in memory besides its bytes: most are answers of some thirty bytes. */
const PACKET_OVERHEAD_BYTES = 512;

export class HeldMemory<Owner> {
  private unsentPackets = 0;
  private isHeldBack = false;
  private released = false;

  /** Counts what is written to the socket from now on, and looks at what is held whenever something comes. */
  constructor(private readonly options: HeldMemoryOptions<Owner>) {
    const { socket } = options;
    const write = socket.write.bind(socket) as (bytes: Uint8Array, done: () => void) => boolean;
    socket.write = (bytes: Uint8Array | string): boolean => {
      this.unsentPackets += 1;
      return write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, () => {
        this.unsentPackets -= 1;
        if (this.unsentPackets === 0) options.onDrained();
      });
    };
    socket.on('data', () => {
      this.settle();
    });
  }

  /** What waits for the peer in and before the socket, in bytes of memory. */
  unsentBytes(): number {
    const packets = this.unsentPackets + this.options.heldBackPackets();
    return this.options.socket.writableLength + packets * PACKET_OVERHEAD_BYTES;
  }

  /** To be called when something held may have changed. */
  settle(): void {
    const { budget, owner, socket, gate, accountName, onExceeded } = this.options;
    if (this.released || socket.destroyed) return;
    const held = gate.heldBytes() + this.unsentBytes();
    budget.report(owner, accountName(), held);
    if (budget.isExceeded()) onExceeded();
    const share = budget.share();
    const mustBeHeard = gate.isBlocked() || !gate.hasWork();
    if (!this.isHeldBack && held > share && !mustBeHeard) {
      this.isHeldBack = true;
      socket.pause();
    } else if (this.isHeldBack && (held <= share / 2 || mustBeHeard)) {
      this.isHeldBack = false;
      socket.resume();
    }
  }

  /** The connection is at its end: nothing is held for it any more. */
  release(): void {
    this.released = true;
    this.options.budget.report(this.options.owner, '', 0);
  }
}
