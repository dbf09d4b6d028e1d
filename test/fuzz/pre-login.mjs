/**
 * Strangers that send almost what a client sends: the recorded bytes of real handshakes with changes, and live ones in
 * which packets are changed before they are encrypted, so that those behind the key exchange are reached as well.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { cut, mutateBytes } from './mutate.mjs';

const { Client } = createRequire(import.meta.url)('ssh2');
/** How long a mutant waits for an end that may never come. */
const PATIENCE_MS = 150;
const BEFORE_PAYLOAD_BYTES = 5;

/** What real clients send, byte by byte: ssh2's, and OpenSSH's where it is installed. */
export async function recordHandshakes(login) {
  const recordings = [];
  const recorder = createServer((near) => {
    const chunks = [];
    const far = connect(login.port, '127.0.0.1');
    near.on('data', (chunk) => chunks.push(chunk));
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => recordings.push(Buffer.concat(chunks)));
  });
  await new Promise((done) => recorder.listen(0, '127.0.0.1', done));
  const { port } = recorder.address();
  await new Promise((done) => openClient({ ...login, port }, (client) => client.on('ready', () => client.end()), done));
  const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes', 'LogLevel=QUIET'];
  const args = ['-F', 'none', ...settings.flatMap((it) => ['-o', it]), '-p', String(port), `${login.user}@127.0.0.1`];
  await new Promise((done) => spawn('ssh', args, { stdio: 'ignore' }).on('error', done).on('exit', done));
  await new Promise((done) => recorder.close(done));
  return recordings.filter((bytes) => bytes.length > 0);
}

export async function attackBeforeLogin(login, recordings, random) {
  if (random.chance(0.6)) await replayChanged(login, random.pick(recordings), random);
  else await changeOnTheWay(login, random);
}

async function replayChanged(login, recording, random) {
  const socket = connect(login.port, '127.0.0.1');
  const closed = new Promise((done) => socket.on('close', done));
  socket.on('error', () => socket.destroy());
  socket.on('data', () => undefined);
  await Promise.race([new Promise((done) => socket.on('connect', done)), closed]);
  for (const piece of cut(mutateBytes(recording, random, 6), random)) {
    if (socket.destroyed) return;
    socket.write(piece);
    if (random.chance(0.1)) await new Promise((later) => setImmediate(later));
  }
  if (random.chance(0.3)) socket.end();
  if (random.chance(0.2)) socket.resetAndDestroy();
  await Promise.race([closed, new Promise((late) => setTimeout(late, PATIENCE_MS))]);
  socket.destroy();
}

function changeOnTheWay(login, random) {
  const share = random.pick([0.05, 0.2, 0.5]);
  return new Promise((done) => {
    const begin = (client) => {
      const protocol = client._protocol;
      if (protocol === undefined) return;
      const { write } = protocol._packetRW;
      const finalize = write.finalize.bind(write);
      write.finalize = (packet, force) =>
        finalize(random.chance(share) ? changed(protocol, packet, random) : packet, force);
      client.on('ready', () => client.end());
    };
    openClient(login, begin, done);
  });
}

/** A packet of the same cipher around changed content. */
function changed(protocol, packet, random) {
  const length = packet.readUInt32BE(0) - packet[4] - 1;
  if (length < 1 || length > packet.length - BEFORE_PAYLOAD_BYTES) return packet;
  const payload = mutateBytes(packet.subarray(BEFORE_PAYLOAD_BYTES, BEFORE_PAYLOAD_BYTES + length), random);
  const made = protocol._cipher.allocPacket(payload.length);
  payload.copy(made, BEFORE_PAYLOAD_BYTES);
  return made;
}

function openClient(login, begin, done) {
  const client = new Client();
  let timer = null;
  const end = () => {
    clearTimeout(timer);
    client.destroy();
    done();
  };
  timer = setTimeout(end, 10 * PATIENCE_MS);
  client.on('error', end).on('close', end);
  client.connect({ host: '127.0.0.1', port: login.port, username: login.user, privateKey: login.privateKey });
  begin(client);
}
