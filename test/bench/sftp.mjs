/**
 * Measures the daemon's SFTP server beside OpenSSH's `sftp-server` behind `sshd` on loopback: same machine, same client
 * (OpenSSH's `sftp`), same files, in turn, in one run. Prints medians and ratios (above 1: we are faster):
 *
 *   npm run bench:sftp [-- --runs 5 --only upload --json FILE]
 *   npm run bench:sftp -- --short
 *
 * Every transfer is hashed, outside of the time that counts. Ours has more to do in that time: before CLOSE is answered
 * the bytes are synced, the file is renamed to its name and its folder synced; OpenSSH leaves all that to the system,
 * except where the client asks for it (`put -f`), which has a row of its own. Figures of different runs do not compare;
 * ratios do, and least of all that of the processor time which the servers took (cpuRatio) depends on what else runs
 * here. The last figure is ours alone: an upload beside the validation of a large batch, against an idle daemon.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { baseName, ROOT, sleep, until } from '../flood/daemon.mjs';
import { generate } from './generate.mjs';
import { BUSY, clientOptions, startOpenSsh, startOurs, target } from './sftp-servers.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '500' },
    files: { type: 'string', default: '1000,10000' },
    clients: { type: 'string', default: '8' },
    logins: { type: 'string', default: '50' },
    records: { type: 'string', default: '1000000' },
    ciphers: { type: 'string', default: 'aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});
if (options.short) {
  Object.assign(options, { runs: '1', megabytes: '4', files: '20', clients: '2', logins: '3', records: '2000' });
}
const MEGABYTE = 1_000_000;
const SMALL_BYTES = 10_000;
const TICKS_PER_SECOND = 100;
/** Until OpenSSH's processes have ended, whose time is counted then. */
const SETTLE_MS = 200;
const SCHEMAS = join(ROOT, 'schemas');
const [CIPHER] = options.ciphers.split(',');
const CLIENTS = Number(options.clients);
const LOGINS = Number(options.logins);

const work = mkdtempSync(join(tmpdir(), 'labdrop-bench-sftp-'));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Runs `sftp` with a batch of commands to its end; fails when it does. */
function sftp(server, cipher, commands) {
  return new Promise((resolve, reject) => {
    const args = [...clientOptions(server.login, cipher), '-b', '-', target(server.login)];
    const child = spawn('sftp', args, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${server.name}: sftp ended with ${code}`)),
    );
    child.stdin.end(`${commands.join('\n')}\n`);
  });
}

/** Seconds of a piece of work. */
async function timed(job) {
  const started = performance.now();
  await job();
  return (performance.now() - started) / 1000;
}

function makeFiles(name, count, bytes) {
  const dir = join(work, name);
  mkdirSync(dir);
  const random = Buffer.alloc(bytes);
  for (let number = 0; number < count; number++) {
    // Bytes that differ from file to file and from page to page, made quickly.
    for (let at = 0; at + 4 <= bytes; at += 512) random.writeUInt32LE((number * 2654435761 + at) >>> 0, at);
    writeFileSync(join(dir, `${name}-${number}`), random);
  }
  return { dir, names: readdirSync(dir), bytes: count * bytes };
}

function assertEqual(server, files, folder) {
  for (const name of files.names) {
    if (sha256(join(folder, name)) !== sha256(join(files.dir, name))) {
      throw new Error(`${server.name}: ${name} is not what was sent`);
    }
  }
}

/**
 * Empties a folder. Small files are only moved away: where thousands have just been deleted, ext4 looks at each of their
 * places before it makes a new file, for minutes, at half a millisecond a file and more.
 */
function clear(folder) {
  const away = mkdtempSync(join(work, 'away-'));
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(folder, entry.name);
    if (statSync(path).size <= SMALL_BYTES) renameSync(path, join(away, entry.name));
    else rmSync(path);
  }
}

/** All files over as many connections as `lists`. */
async function upload(server, cipher, files, { lists = [files.names], put = 'put' } = {}) {
  const { remote, disk } = server.upload;
  const seconds = await timed(() =>
    Promise.all(
      lists.map((names) =>
        sftp(server, cipher, [`cd ${remote}`, ...names.map((name) => `${put} ${join(files.dir, name)} ${name}`)]),
      ),
    ),
  );
  assertEqual(server, files, disk);
  clear(disk);
  return seconds;
}

async function download(server, cipher, files, { lists = [files.names] } = {}) {
  const { remote, disk } = server.download;
  const local = mkdtempSync(join(work, 'got-'));
  cpSync(files.dir, disk, { recursive: true });
  const seconds = await timed(() =>
    Promise.all(
      lists.map((names) =>
        sftp(server, cipher, [`cd ${remote}`, ...names.map((name) => `get ${name} ${join(local, name)}`)]),
      ),
    ),
  );
  assertEqual(server, files, local);
  rmSync(local, { recursive: true });
  clear(disk);
  return seconds;
}

const logins = (server) =>
  timed(() => Promise.all(Array.from({ length: LOGINS }, () => sftp(server, CIPHER, ['pwd']))));

/** What is measured: a name, the work in megabytes or pieces, and the seconds it took. */
function* cases() {
  const megabytes = Number(options.megabytes);
  const large = makeFiles('large', 1, megabytes * MEGABYTE);
  for (const cipher of options.ciphers.split(',')) {
    const [short] = cipher.split('@');
    const size = { amount: megabytes, unit: 'MB/s' };
    yield { name: `upload, 1 file of ${megabytes} MB, ${short}`, ...size, run: (s) => upload(s, cipher, large) };
    yield { name: `download, 1 file of ${megabytes} MB, ${short}`, ...size, run: (s) => download(s, cipher, large) };
  }
  rmSync(large.dir, { recursive: true });
  const shared = makeFiles('shared', CLIENTS, Math.ceil(megabytes / 5) * MEGABYTE);
  const lists = shared.names.map((name) => [name]);
  const size = { amount: shared.bytes / MEGABYTE, unit: 'MB/s' };
  yield { name: `upload, ${CLIENTS} clients at once`, ...size, run: (s) => upload(s, CIPHER, shared, { lists }) };
  yield { name: `download, ${CLIENTS} clients at once`, ...size, run: (s) => download(s, CIPHER, shared, { lists }) };
  rmSync(shared.dir, { recursive: true });
  for (const count of options.files.split(',').map(Number)) {
    const small = makeFiles(`small${count}`, count, SMALL_BYTES);
    const pieces = { amount: count, unit: 'files/s' };
    yield { name: `upload, ${count} files of 10 KB`, ...pieces, run: (s) => upload(s, CIPHER, small) };
    const synced = { put: 'put -f' };
    yield {
      name: `upload with fsync, ${count} files of 10 KB`,
      ...pieces,
      run: (s) => upload(s, CIPHER, small, synced),
    };
    yield { name: `download, ${count} files of 10 KB`, ...pieces, run: (s) => download(s, CIPHER, small) };
    rmSync(small.dir, { recursive: true });
  }
  yield { name: `${LOGINS} logins at once`, amount: LOGINS, unit: 'logins/s', run: logins };
}

/** Seconds of processor time that a server has used so far, with all its threads and its children that have ended. */
function processorSeconds({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** Both servers in turn, the one that begins in turn too. */
async function measure({ name, amount, unit, run }) {
  const seconds = new Map([ours, rival].map((server) => [server, []]));
  const processor = new Map([ours, rival].map((server) => [server, -processorSeconds(server)]));
  for (let number = 0; number < Number(options.runs); number++) {
    for (const server of number % 2 === 0 ? [ours, rival] : [rival, ours]) {
      if (!options.short) spawnSync('sync');
      seconds.get(server).push(await run(server));
    }
  }
  const rate = (server) => Math.round(amount / median(seconds.get(server)));
  const ratio = Math.round((100 * median(seconds.get(rival))) / median(seconds.get(ours))) / 100;
  await sleep(SETTLE_MS);
  for (const server of [ours, rival]) processor.set(server, processor.get(server) + processorSeconds(server));
  const cpuRatio = Math.round((100 * processor.get(rival)) / processor.get(ours)) / 100;
  console.error(`${name}: ${ratio}, processor ${cpuRatio}`);
  return { name, unit, labdrop: rate(ours), openssh: rate(rival), ratio, cpuRatio };
}

/** What is left of the upload rate while a batch of another account is validated. */
async function measureBesideValidation() {
  const megabytes = Number(options.megabytes);
  const large = makeFiles('beside', 1, megabytes * MEGABYTE);
  const drop = ours.daemon.drop(BUSY.account);
  const seconds = { idle: [], busy: [] };
  for (let number = 0; number < Math.min(3, Number(options.runs)); number++) {
    seconds.idle.push(await upload(ours, CIPHER, large));
    const base = baseName(BUSY.sender, number);
    const path = join(ours.daemon.home, base);
    generate({ path, records: Number(options.records), sender: BUSY.sender, schemasDir: SCHEMAS, seed: number + 1 });
    renameSync(path, join(drop, base));
    writeFileSync(join(drop, `${base}.ok`), '');
    await until(() => !existsSync(join(drop, base)));
    seconds.busy.push(await upload(ours, CIPHER, large));
    const done = join(drop, 'reports', `${base}.report.ok`);
    if (!options.short && existsSync(done)) throw new Error('the batch was validated before the upload was through');
    await until(() => existsSync(done));
  }
  const rate = (values) => Math.round(megabytes / median(values));
  const ratio = Math.round((100 * median(seconds.idle)) / median(seconds.busy)) / 100;
  return { records: Number(options.records), idle: rate(seconds.idle), busy: rate(seconds.busy), ratio };
}

const rows = [];
let besideValidation = null;
const rival = await startOpenSsh();
const ours = await startOurs();
try {
  for (const each of cases()) if (each.name.includes(options.only)) rows.push(await measure(each));
  if (options.only === '' || options.only === 'validation') besideValidation = await measureBesideValidation();
} finally {
  await ours.stop();
  await rival.stop();
  rmSync(work, { recursive: true, force: true });
}
console.table(rows);
console.log('ours: every file synced, renamed and its folder synced before CLOSE is answered; OpenSSH syncs nothing');
if (besideValidation !== null) {
  const { records, idle, busy, ratio } = besideValidation;
  console.log(`upload while ${records} records are validated: ${busy} MB/s, idle ${idle} MB/s, ratio ${ratio}`);
}
if (options.json) {
  writeFileSync(options.json, JSON.stringify({ node: process.version, ...options, rows, besideValidation }, null, 1));
}
