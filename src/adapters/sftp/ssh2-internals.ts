/**
 * Everything used of ssh2 that its documented interface does not hold, in one place, most of it to go round its bugs.
 * The version is pinned; a test against the real package fails when one of these is gone.
 */
import type { Socket } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';
import type { OfferedLists } from './kex-offer';

interface ChannelEnd {
  readonly window: number;
  readonly packetSize: number;
}

/** Lists of algorithms in the form of ssh2's own offer. */
interface OfferLists {
  readonly kex: readonly string[];
  readonly serverHostKey: readonly string[];
  readonly cs: DirectionLists;
  readonly sc: DirectionLists;
}

interface DirectionLists {
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
  readonly compress: readonly string[];
  readonly lang: readonly string[];
}

interface Listed {
  readonly array: readonly string[];
}

interface Offer {
  readonly lists: {
    readonly kex: Listed;
    readonly serverHostKey: Listed;
    readonly cs: Record<keyof DirectionLists, Listed>;
  };
  readonly constructor: new (lists: OfferLists) => Offer;
}

type GlobalRequest = (protocol: unknown, name: string, wantReply: boolean, rest: unknown) => void;

interface Internals {
  readonly _sock: Socket;
  readonly _protocol: {
    readonly _kexinit?: Buffer;
    readonly _queue?: readonly Buffer[];
    readonly _kex?: {
      remoteExtInfoEnabled?: boolean;
      readonly sessionID?: Buffer;
      readonly negotiated: { readonly serverHostKey: string };
    };
    readonly _cipher: { encrypt(packet: Buffer): void };
    readonly _packetRW: {
      readonly write: {
        readonly allocStart: number;
        alloc(bytes: number): Buffer;
        finalize(packet: Buffer): Buffer;
      };
    };
    readonly _handlers: { GLOBAL_REQUEST: GlobalRequest };
    _skipNextInboundPacket: boolean;
    _offer: Offer;
    requestSuccess(content: Buffer): void;
  };
}

function internals(client: Connection): Internals {
  return client as unknown as Internals;
}

/** The socket that a connection was made of. */
export function socketOf(client: Connection): Socket {
  return internals(client)._sock;
}

/** Most bytes per packet that the peer takes. ssh2 loops without end when it is 0. */
export function peerPacketBytes(channel: ServerChannel): number {
  return (channel.outgoing as ChannelEnd).packetSize;
}

/** Bytes that the peer may still send; below 0 when it has sent more, which ssh2 lets pass. */
export function ownWindowBytes(channel: ServerChannel): number {
  return (channel.incoming as ChannelEnd).window;
}

/** Whether keys are being exchanged: until then ssh2 queues whatever is sent, without bound. */
export function isExchangingKeys(client: Connection): boolean {
  return internals(client)._protocol._kexinit !== undefined;
}

/** Packets that ssh2 has queued until keys are exchanged. */
export function heldBackPackets(client: Connection): number {
  return internals(client)._protocol._queue?.length ?? 0;
}

/**
 * Takes a host key algorithm out of what is offered. ssh2 offers `ssh-rsa`, which is SHA-1, for every RSA key. To be
 * called when the connection is there, before its key exchange.
 */
export function withdrawHostKey(client: Connection, algorithm: string): void {
  const protocol = internals(client)._protocol;
  const { kex, serverHostKey, cs } = protocol._offer.lists;
  if (!serverHostKey.array.includes(algorithm)) return;
  const { cipher, mac, compress, lang } = cs;
  const direction = { cipher: cipher.array, mac: mac.array, compress: compress.array, lang: lang.array };
  protocol._offer = new protocol._offer.constructor({
    kex: kex.array,
    serverHostKey: serverHostKey.array.filter((name) => name !== algorithm),
    cs: direction,
    sc: direction,
  });
}

/** What is offered to the client, as it stands on the wire. */
export function offeredLists(client: Connection): OfferedLists {
  const { kex, serverHostKey, cs } = internals(client)._protocol._offer.lists;
  const { cipher, mac, compress } = cs;
  return {
    kex: kex.array,
    hostKey: serverHostKey.array,
    cipher: cipher.array,
    mac: mac.array,
    compress: compress.array,
  };
}

/** ssh2 takes every guess of a first key exchange for wrong, and passes over the packet that a right one is followed by. */
export function acceptGuess(client: Connection): void {
  internals(client)._protocol._skipNextInboundPacket = false;
}

/**
 * Whether the client wants to know the signatures that are taken. From then on ssh2 does not tell it of its own: its
 * list runs two names together and offers SHA-1.
 * @see RFC 8308, section 3.1
 */
export function takeOverSignatureList(client: Connection): boolean {
  const kex = internals(client)._protocol._kex;
  if (kex?.remoteExtInfoEnabled !== true) return false;
  kex.remoteExtInfoEnabled = false;
  return true;
}

/** Sends a packet that ssh2 has no method for; never during a key exchange. */
export function sendPayload(client: Connection, payload: Buffer): void {
  const { _packetRW: packets, _cipher: cipher } = internals(client)._protocol;
  const packet = packets.write.alloc(payload.length);
  packet.set(payload, packets.write.allocStart);
  cipher.encrypt(packets.write.finalize(packet));
}

/** What signatures of this connection are bound to. */
export function sessionId(client: Connection): Buffer | null {
  return internals(client)._protocol._kex?.sessionID ?? null;
}

/** How the key exchange was signed. */
export function negotiatedHostKey(client: Connection): string {
  return internals(client)._protocol._kex?.negotiated.serverHostKey ?? '';
}

/** Answers global requests of one name; `answer` gets what stands behind the name, null refuses. */
export function answerGlobalRequest(
  client: Connection,
  wanted: string,
  answer: (content: Buffer) => Buffer | null,
): void {
  const protocol = internals(client)._protocol;
  const others = protocol._handlers.GLOBAL_REQUEST;
  protocol._handlers.GLOBAL_REQUEST = (self, name, wantReply, rest) => {
    const reply = name === wanted && wantReply && Buffer.isBuffer(rest) ? answer(rest) : null;
    if (reply === null) others(self, name, wantReply, rest);
    else protocol.requestSuccess(reply);
  };
}
