/** What hostile peers are made of: sockets, SSH and SFTP packets, channels with any window. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';

const { Client } = createRequire(import.meta.url)('ssh2');

export const MEBIBYTE = 1_048_576;
export const IDENT = 'SSH-2.0-hostile\r\n';

export function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const counted = (value) => Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(value)]);
/** An SFTP packet. */
export const packet = (type, ...members) => {
  const body = Buffer.concat([Buffer.of(type), ...members]);
  return Buffer.concat([uint32(body.length), body]);
};
export const INIT = packet(1, uint32(3));
export const realpath = (id) => packet(16, uint32(id), counted('/'));
export const open = (id, path, flags) => packet(3, uint32(id), counted(path), uint32(flags), uint32(0));
export const READ = 0x01;
export const WRITE_NEW = 0x1a;

/** An SSH packet as it is before keys are exchanged. */
export function sshPacket(payload) {
  const padding = 8 - ((payload.length + 5) % 8) + 4;
  return Buffer.concat([uint32(payload.length + padding + 1), Buffer.of(padding), payload, Buffer.alloc(padding)]);
}

export function kexInit() {
  const both = ['aes128-gcm@openssh.com', 'hmac-sha2-256-etm@openssh.com', 'none', ''].flatMap((list) => [list, list]);
  const lists = ['curve25519-sha256', 'ssh-ed25519', ...both].map(counted);
  return sshPacket(Buffer.concat([Buffer.of(20), randomBytes(16), ...lists, Buffer.of(0), uint32(0)]));
}

/** A socket that sends something and then waits; `closed` resolves when the server has had enough. */
export function knock(port, ...chunks) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((done) => socket.once('close', done));
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      for (const chunk of chunks) socket.write(chunk);
      socket.resume();
      resolve({ closed });
    });
    void closed.then(() => resolve({ closed }));
  });
}

/** A client that has logged in; `closed` resolves when it is cut. */
export function logIn({ port, privateKey }, username) {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const closed = new Promise((done) => client.once('close', done));
    client.on('error', () => undefined);
    client.once('ready', () => resolve({ client, closed }));
    void closed.then(() => reject(new Error('the login came to nothing')));
    client.connect({ host: '127.0.0.1', port, username, privateKey, keepaliveInterval: 0 });
  });
}

/**
 * A channel of its own window and packet size.
 * @param mindWindow whether the server's own window is minded
 */
export function openChannel(client, { window = 2 * MEBIBYTE, packetBytes = 32_768, mindWindow = true } = {}) {
  const { _protocol: protocol } = client;
  const session = Object.getPrototypeOf(protocol).session;
  protocol.session = (channel) => session.call(protocol, channel, window, packetBytes);
  return new Promise((resolve, reject) => {
    client.subsys('sftp', (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      channel.on('error', () => undefined);
      if (!mindWindow) channel.outgoing.window = 2 ** 31;
      resolve(channel);
    });
  });
}

/** Resolves when the connection of a socket that is not read stands no more, as the system knows it. */
export async function severed({ localPort, destroyed }) {
  const port = localPort.toString(16).toUpperCase().padStart(4, '0');
  const established = new RegExp(`^ *\\d+: [0-9A-F]{8}:${port} [0-9A-F:]+ 01 `, 'm');
  while (!destroyed && established.test(readFileSync('/proc/net/tcp', 'utf8'))) {
    await new Promise((later) => setTimeout(later, 100));
  }
}

/** Sends the same bytes over and over, as fast as they are taken. */
export function flood(channel, bytes, total) {
  return new Promise((done) => {
    let sent = 0;
    const go = () => {
      for (;;) {
        if (sent >= total || channel.destroyed) return done();
        sent += bytes.length;
        if (!channel.write(bytes)) break;
      }
      channel.once('drain', go);
      channel.once('close', done);
    };
    go();
  });
}
