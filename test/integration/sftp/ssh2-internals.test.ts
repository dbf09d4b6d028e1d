import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Client, Server, type Connection, type ServerChannel, type Session } from 'ssh2';
import { generateKeyPair } from '../../../src/adapters/sftp/host-key';
import {
  heldBackPackets,
  isExchangingKeys,
  ownWindowBytes,
  peerPacketBytes,
  socketOf,
} from '../../../src/adapters/sftp/ssh2-internals';

test('ssh2 still holds what is used of it beyond its documented interface', async () => {
  const ssh = new Server({ hostKeys: [generateKeyPair('test').private] });
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket);
    ssh.injectSocket(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const attached = once(ssh, 'connection');
  const client = new Client();
  client.on('error', () => client.end());
  client.connect({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port, username: 'x' });
  const [connection] = (await attached) as [Connection];
  connection.on('error', () => connection.end());
  connection.on('authentication', (context) => {
    context.accept();
  });
  const opened = new Promise<ServerChannel>((resolve) => {
    connection.on('session', (accept) => {
      const session: Session = accept();
      session.on('subsystem', (acceptSubsystem) => {
        resolve(acceptSubsystem());
      });
    });
  });
  client.once('ready', () => {
    client.subsys('sftp', () => undefined);
  });
  const channel = await opened;

  expect(socketOf(connection)).toBe(sockets[0]);
  expect(peerPacketBytes(channel)).toBe(32_768);
  expect(ownWindowBytes(channel)).toBe(2 * 1024 * 1024);
  expect(isExchangingKeys(connection)).toBe(false);
  const renewed = once(connection, 'rekey');
  connection.rekey();
  expect(isExchangingKeys(connection)).toBe(true);
  (connection as unknown as { _protocol: { ping(): void } })._protocol.ping();
  expect(heldBackPackets(connection)).toBe(1);
  await renewed;
  expect(heldBackPackets(connection)).toBe(0);
  expect(isExchangingKeys(connection)).toBe(false);

  const ended = once(connection, 'close');
  client.end();
  await ended;
  listener.close();
});
