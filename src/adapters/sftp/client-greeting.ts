/**
 * The first bytes of a connection, between the socket and ssh2: the identification line is handed on when all of it is
 * there (ssh2 loses one that comes in three pieces), then the client's offer, alone, so that it can be looked at. After
 * that ssh2 has the socket for itself. States: line -> offer -> done. A line that is too long ends the connection.
 * @see RFC 4253, section 4.2
 */
import type { Socket } from 'node:net';
import { parseKexOffer, type KexOffer } from './kex-offer';

export interface GreetingEvents {
  /** The offer, after ssh2 has answered it and before anything behind it is handed on. */
  onOffer(offer: KexOffer): void;
  onBroken(reason: string): void;
}

type Listener = (chunk: Buffer) => void;

const LINE_MAX_BYTES = 255;
const PACKET_MAX_BYTES = 35_000;
const LENGTH_BYTES = 4;
const LINE_FEED = 10;

/** To be called before ssh2 gets the socket: it takes the place of ssh2's own listener when that one is added. */
export function watchGreeting(socket: Socket, events: GreetingEvents): void {
  const noticeListener = (event: string | symbol, listener: Listener): void => {
    if (event !== 'data') return;
    socket.off('newListener', noticeListener);
    queueMicrotask(() => {
      new ClientGreeting(socket, listener, events);
    });
  };
  socket.on('newListener', noticeListener);
}

class ClientGreeting {
  private held = Buffer.alloc(0);
  private state: 'line' | 'offer' = 'line';

  constructor(
    private readonly socket: Socket,
    private readonly deliver: Listener,
    private readonly events: GreetingEvents,
  ) {
    if (socket.destroyed) return;
    socket.off('data', deliver);
    socket.on('data', this.take);
  }

  private readonly take = (chunk: Buffer): void => {
    this.held = Buffer.concat([this.held, chunk]);
    if (this.state === 'line') this.takeLine();
    if (this.state === 'offer') this.takeOffer();
  };

  private takeLine(): void {
    const end = this.held.indexOf(LINE_FEED) + 1;
    if (end > LINE_MAX_BYTES || (end === 0 && this.held.length > LINE_MAX_BYTES)) {
      this.events.onBroken('the identification line is too long');
    } else if (end > 0) {
      this.state = 'offer';
      this.handOn(end);
    }
  }

  private takeOffer(): void {
    if (this.held.length < LENGTH_BYTES || !this.isWanted()) return;
    const length = LENGTH_BYTES + this.held.readUInt32BE(0);
    if (length > PACKET_MAX_BYTES) {
      this.finish(); // ssh2 knows what to do with it
    } else if (this.held.length >= length) {
      const offer = parseKexOffer(this.held.subarray(0, length));
      this.handOn(length);
      if (offer !== null) this.events.onOffer(offer);
      this.finish();
    }
  }

  private finish(): void {
    if (!this.isWanted()) return;
    this.socket.off('data', this.take);
    this.socket.on('data', this.deliver);
    if (this.held.length > 0) this.handOn(this.held.length);
  }

  private handOn(bytes: number): void {
    const part = this.held.subarray(0, bytes);
    this.held = this.held.subarray(bytes);
    this.deliver(part);
  }

  /** ssh2 takes all listeners away when it has had enough. */
  private isWanted(): boolean {
    return !this.socket.destroyed && this.socket.listeners('data').includes(this.take);
  }
}
