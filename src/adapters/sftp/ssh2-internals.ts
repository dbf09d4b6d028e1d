/**
 * Everything used of ssh2 that its documented interface does not hold, in one place. The version is pinned; a test
 * against the real package fails when one of these is gone.
 */
import type { Socket } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';

interface ChannelEnd {
  readonly window: number;
  readonly packetSize: number;
}

/** The socket that a connection was made of. */
export function socketOf(client: Connection): Socket {
  return (client as unknown as { readonly _sock: Socket })._sock;
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
  return (client as unknown as { readonly _protocol: { readonly _kexinit?: Buffer } })._protocol._kexinit !== undefined;
}
