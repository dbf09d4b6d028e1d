/**
 * One SFTP session on one channel. Requests are carried out and answered strictly in order, one at a time, by one loop;
 * clients that send many at once rely on it. Memory is bounded both ways: the channel is paused while much waits to be
 * carried out, and nothing more is carried out while much waits to be sent.
 *
 * States: open -> ending (the peer has said its last; what it asked is still answered) -> ended, or at any time -> dead
 * (the peer is gone or speaks no SFTP; nothing more is carried out). At the end every handle is closed, also one whose
 * OPEN was under way. Never throws.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServerChannel } from 'ssh2';
import { Fault } from '../../../domain/fault';
import { buildVersion } from '../codec/build-reply';
import { PacketFramer } from '../codec/packet-framer';
import { parseRequest } from '../codec/parse-request';
import { ProtocolError } from '../codec/protocol-error';
import type { PacketPool } from '../packet-pool';
import { ownWindowBytes } from '../ssh2-internals';
import { abandonHandles } from './close-handle';
import { executeRequest, executeWrites } from './execute-request';
import { joinableWrite, JOINED_MAX_BYTES, type WriteRequest } from './join-writes';
import { PacketQueue } from './packet-queue';
import type { SessionContext } from './session-context';
import { WakeSignal } from './wake-signal';

export interface SessionOptions {
  /** Where packets come from, and go when they were carried out. */
  readonly packets: PacketPool;
  /** Requests that wait, in bytes, above which nothing more is taken from the channel. */
  readonly pendingMaxBytes: () => number;
  /** Replies that wait, in bytes, above which no further request is carried out. */
  readonly unsentMaxBytes: () => number;
  /** Whether the connection below takes no more for now; `wake` tells when to look again. */
  readonly isCongested: () => boolean;
  /** Called for each request taken up and each reply sent, with its bytes. */
  readonly onProgress: (bytes: number) => void;
  /** Called when `heldBytes` or `isBlocked` may have changed. */
  readonly onHeldChange: () => void;
  /** The peer has broken the protocol: the connection is to be cut. */
  readonly onViolation: (reason: string) => void;
  /** Something of ours failed: the connection is to be cut, and not held against the peer. */
  readonly onFault: (reason: string) => void;
  readonly onEnd: () => void;
}

const PACKET_LENGTH_BYTES = 4;
/** What a packet or a reply costs in memory besides its bytes. */
const PACKET_OVERHEAD_BYTES = 256;
/** Requests after which other connections get their turn: most requests are answered without waiting for anything. */
const TURN_REQUESTS = 64;

export class SftpSession {
  private readonly framer: PacketFramer;
  private readonly pending = new PacketQueue();
  private readonly signal = new WakeSignal();
  private receivedBytes = 0;
  private carriedBytes = 0;
  private pendingBytes = 0;
  private unsentBytes = 0;
  private carrying = false;
  private initialised = false;
  private ending = false;
  private dead = false;

  constructor(
    private readonly channel: ServerChannel,
    private readonly context: SessionContext,
    private readonly options: SessionOptions,
  ) {
    this.framer = new PacketFramer((bytes) => options.packets.take(bytes));
    this.guardChannel();
    channel.on('error', (error: Error) => {
      this.die(error.message);
    });
    channel.on('data', (chunk: Buffer) => {
      this.take(chunk);
    });
    channel.on('end', () => {
      this.ending = true;
      this.signal.raise();
    });
    channel.on('close', () => {
      this.kill();
    });
    void this.run();
  }

  /** Whether an upload is open, or something that was asked is not answered yet. */
  isBusy(): boolean {
    return this.hasWork() || this.unsentBytes > 0 || this.context.handles.hasUpload();
  }

  /** Bytes that are kept for the peer: what it has sent and is not carried out, and what it has not taken. */
  heldBytes(): number {
    return this.receivedBytes + this.pending.length * PACKET_OVERHEAD_BYTES + this.carriedBytes + this.unsentBytes;
  }

  /** Whether nothing is carried out until the peer takes what waits for it. */
  isBlocked(): boolean {
    return this.unsentBytes > this.options.unsentMaxBytes() || this.options.isCongested();
  }

  /** Whether a whole request waits or is being carried out; without one the session goes on only when it hears more. */
  hasWork(): boolean {
    return this.carrying || this.pending.length > 0;
  }

  /** Whether a request is being carried out, or waits for the disk. */
  isCarrying(): boolean {
    return this.carrying;
  }

  /** Something that `isCongested` depends on has changed. */
  wake(): void {
    this.signal.raise();
  }

  /** The peer is gone: what waits is not carried out. */
  kill(): void {
    this.dead = true;
    this.signal.raise();
  }

  private take(chunk: Buffer): void {
    if (this.dead) return;
    try {
      this.framer.push(chunk, (packet) => {
        this.pending.push(packet);
        this.pendingBytes += packet.length + PACKET_OVERHEAD_BYTES;
      });
    } catch (error) {
      this.die(error instanceof ProtocolError ? error.message : String(error));
      return;
    }
    if (this.pendingBytes > this.options.pendingMaxBytes()) this.channel.pause();
    this.signal.raise();
  }

  private async run(): Promise<void> {
    const { space } = this.context;
    const { folders } = space;
    try {
      await space.inTurn(() => folders.enter());
      for (let count = 1; ; count += 1) {
        const packet = await this.nextPacket();
        if (packet === null) break;
        if (count % TURN_REQUESTS === 0) await nextTurn();
        this.carrying = true;
        const reply = await space.inTurn(() => this.carryOut(packet));
        if (reply === null) break;
        this.send(reply);
        this.carrying = false;
        this.carriedBytes = 0;
        this.options.onHeldChange();
      }
    } catch (error) {
      if (error instanceof ProtocolError) this.die(error.message);
      else this.fail(error);
    }
    await space.inTurn(() => abandonHandles(this.context));
    await space.inTurn(() => folders.leave());
    if (!this.dead) this.leave();
    this.options.onEnd();
  }

  /** Null when there will be no more. */
  private async nextPacket(): Promise<Buffer | null> {
    for (;;) {
      if (this.dead) return null;
      if (!this.isBlocked()) {
        const packet = this.shiftPending();
        if (packet !== undefined) return packet;
        if (this.ending) return null;
      }
      await this.signal.wait();
    }
  }

  private shiftPending(): Buffer | undefined {
    const packet = this.pending.shift();
    if (packet === undefined) return undefined;
    this.pendingBytes -= packet.length + PACKET_OVERHEAD_BYTES;
    this.receivedBytes -= packet.length + PACKET_LENGTH_BYTES;
    this.carriedBytes += packet.length;
    if (this.pendingBytes <= this.options.pendingMaxBytes() / 2 && this.channel.isPaused()) this.channel.resume();
    this.options.onProgress(packet.length);
    return packet;
  }

  /** Null when the peer has gone before it was its turn. */
  private async carryOut(packet: Buffer): Promise<Buffer | null> {
    return this.dead ? null : await this.answer(packet);
  }

  private async answer(packet: Buffer): Promise<Buffer> {
    const request = parseRequest(packet);
    if (this.initialised !== (request.kind !== 'init')) throw new ProtocolError('INIT is the first packet, once');
    if (request.kind === 'write') return this.answerWrites(packet, request);
    if (request.kind !== 'init') return executeRequest(this.context, request);
    this.initialised = true;
    return buildVersion();
  }

  private async answerWrites(packet: Buffer, first: WriteRequest): Promise<Buffer> {
    const packets = [packet];
    const reply = await executeWrites(this.context, this.joinWrites(first, packets));
    for (const carried of packets) this.options.packets.give(carried);
    return reply;
  }

  /** The write, and those waiting behind it that go on where it ends; their packets are added to the first one's. */
  private joinWrites(first: WriteRequest, packets: Buffer[]): readonly WriteRequest[] {
    const writes = [first];
    let last = first;
    let bytes = first.content.length;
    while (bytes < JOINED_MAX_BYTES) {
      const packet = this.pending.peek();
      const next = packet === undefined ? null : joinableWrite(last, packet);
      if (packet === undefined || next === null) break;
      this.shiftPending();
      packets.push(packet);
      writes.push(next);
      last = next;
      bytes += next.content.length;
    }
    return writes;
  }

  private send(reply: Buffer): void {
    if (this.dead) return;
    const held = reply.length + PACKET_OVERHEAD_BYTES;
    this.unsentBytes += held;
    this.options.onProgress(reply.length);
    try {
      this.channel.write(reply, () => {
        this.unsentBytes -= held;
        if (this.unsentBytes <= this.options.unsentMaxBytes()) this.signal.raise();
        this.options.onHeldChange();
      });
    } catch {
      this.dead = true; // ssh2 throws when the connection broke under it
    }
  }

  /** Ends the channel in order, after the last reply: clients take the exit status as their own. */
  private leave(): void {
    try {
      this.channel.write(Buffer.alloc(0), () => {
        this.channel.exit(0);
        this.channel.end();
      });
    } catch {
      this.dead = true; // ssh2 throws when the connection broke under it
    }
  }

  private die(reason: string): void {
    if (this.dead) return;
    this.dead = true;
    this.signal.raise();
    this.options.onViolation(reason);
  }

  private fail(error: unknown): void {
    const message = error instanceof Fault ? error.message : String(error);
    this.context.audit({ event: 'fault', operation: 'session', message });
    this.dead = true;
    this.options.onFault('the session cannot go on: the fault is ours');
  }

  /**
   * Counts what comes, also while the channel is paused. ssh2 hands out what was sent beyond the window; whoever sends
   * it is cut before it is kept.
   */
  private guardChannel(): void {
    const push = this.channel.push.bind(this.channel);
    this.channel.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (ownWindowBytes(this.channel) < 0) {
        this.die('more bytes were sent than the window allows');
        return false;
      }
      if (Buffer.isBuffer(chunk)) this.receivedBytes += chunk.length;
      const wanted = push(chunk, encoding);
      this.options.onHeldChange();
      return wanted;
    };
  }
}
