/** Clients that have logged in and speak almost SFTP: a recorded session's packets with changes, over real channels. */
import { createRequire } from 'node:module';
import { cut, mutateBytes, mutateList } from './mutate.mjs';

const { Client } = createRequire(import.meta.url)('ssh2');
const PATIENCE_MS = 100;
const NAME = '81365677_LaboratoryTestResult_210510080500';

export function connectClient(login) {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.once('ready', () => resolve(client)).on('error', reject);
    client.on('close', () => reject(new Error('the connection was closed')));
    client.connect({ host: '127.0.0.1', port: login.port, username: login.user, privateKey: login.privateKey });
  });
}

export function openSftp(client) {
  return new Promise((resolve, reject) => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
}

/** The packets of a session in which everything is asked for once, as ssh2's client sends them. */
export async function recordSession(login) {
  const client = await connectClient(login);
  const sftp = await openSftp(client);
  const sent = [];
  const { _protocol: protocol } = client;
  const channelData = protocol.channelData.bind(protocol);
  protocol.channelData = (id, data) => {
    sent.push(Buffer.from(data));
    return channelData(id, data);
  };
  /** Refusals are as good as answers here. */
  const ask = (method, ...args) => new Promise((done) => sftp[method](...args, (error, value) => done(value)));
  await ask('realpath', '.');
  await ask('writeFile', `/${NAME}.filepart`, Buffer.alloc(70_000, 'x'));
  const handle = await ask('open', `/${NAME}.filepart`, 'r+');
  await ask('write', handle, Buffer.from('head'), 0, 4, 0);
  await ask('fstat', handle);
  await ask('fsetstat', handle, { mtime: 1, atime: 1 });
  await ask('ext_openssh_fsync', handle);
  await ask('close', handle);
  await ask('rename', `/${NAME}.filepart`, `/${NAME}`);
  await ask('ext_openssh_rename', `/${NAME}`, `/${NAME}.csv`);
  await ask('stat', `/${NAME}.csv`);
  await ask('lstat', '/reports');
  await ask('setstat', `/${NAME}.csv`, { mtime: 1, atime: 1, mode: 0o777 });
  await ask('readdir', '/');
  await ask('readFile', `/${NAME}.csv`);
  await ask('ext_openssh_statvfs', '/');
  await ask('writeFile', `/${NAME}.ok`, Buffer.alloc(0));
  for (const method of ['mkdir', 'rmdir', 'unlink', 'readlink']) await ask(method, `/${NAME}.csv`);
  await ask('symlink', '/a', '/b');
  client.removeAllListeners('close');
  client.end();
  const init = Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]);
  return [init, ...split(Buffer.concat(sent))];
}

/** Whole packets, each with its length. */
function split(bytes) {
  const packets = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    packets.push(bytes.subarray(at, end));
    at = end;
  }
  return packets;
}

/** One connection with a few sessions on it, until it is cut or through. */
export async function attackSftp(login, packets, random) {
  let client;
  try {
    client = await connectClient(login);
  } catch {
    return; // refused for a moment, as too many are there
  }
  let open = true;
  client.on('close', () => (open = false));
  for (let left = 1 + random.below(4); left > 0 && open; left--) await runSession(client, packets, random, () => open);
  if (random.chance(0.5)) client.end();
  client.destroy();
}

function openChannel(client) {
  return new Promise((resolve, reject) => {
    client.subsys('sftp', (error, opened) => (error ? reject(error) : resolve(opened)));
  });
}

async function runSession(client, packets, random, isOpen) {
  const channel = await Promise.race([
    openChannel(client).catch(() => null),
    new Promise((late) => setTimeout(late, 20 * PATIENCE_MS, null)),
  ]);
  if (channel === null) return;
  channel.on('error', () => undefined);
  const closed = new Promise((done) => channel.on('close', done));
  if (!random.chance(0.1)) channel.resume();
  // The first packet is left alone mostly: without it nothing else is looked at.
  const [init, ...rest] = packets;
  const list = [random.chance(0.95) ? init : mutateBytes(init, random), ...mutateList(rest, random)];
  for (const piece of cut(Buffer.concat(list), random)) {
    if (!isOpen()) return;
    channel.write(piece);
    if (random.chance(0.2)) await new Promise((later) => setImmediate(later));
  }
  if (random.chance(0.5)) channel.end();
  if (random.chance(0.1)) client.destroy();
  await Promise.race([closed, new Promise((late) => setTimeout(late, PATIENCE_MS))]);
  channel.destroy();
}
