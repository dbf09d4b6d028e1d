/** A client that breaks the rules of SSH: it opens its channel with any window and packet size, and minds no window. */
import type { Client } from 'ssh2';
import { type ClientChannel } from 'ssh2';
import { connectSsh } from './sftp-raw-client';

interface ClientInternals {
  readonly _protocol: { session: (channel: number, window: number, packet: number) => void };
}

export interface HostileChannel {
  readonly ssh: Client;
  readonly channel: ClientChannel;
  /** Bytes that the server has taken, or its window has room for. */
  taken: () => number;
  write: (bytes: Buffer) => void;
  closed: () => boolean;
}

/**
 * @param window bytes the server may send
 * @param packetBytes most bytes per packet the server may send
 * @param mindWindow whether the server's own window is minded
 */
export async function openHostile(
  port: number,
  privateKey: Buffer,
  window: number,
  packetBytes: number,
  mindWindow = true,
): Promise<HostileChannel> {
  const ssh = await connectSsh(port, privateKey);
  let closed = false;
  ssh.on('error', () => (closed = true));
  ssh.on('close', () => (closed = true));
  const protocol = (ssh as unknown as ClientInternals)._protocol;
  const session = protocol.session.bind(protocol);
  protocol.session = (channel) => {
    session(channel, window, packetBytes);
  };
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    ssh.subsys('sftp', (error, opened) => {
      if (error === undefined) resolve(opened);
      else reject(error);
    });
  });
  channel.on('error', () => (closed = true));
  if (!mindWindow) (channel.outgoing as { window: number }).window = 2 ** 31;
  let taken = 0;
  return {
    ssh,
    channel,
    taken: () => taken,
    write: (bytes) => {
      channel.write(bytes, () => (taken += bytes.length));
    },
    closed: () => closed,
  };
}
