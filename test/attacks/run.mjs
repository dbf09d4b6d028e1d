/**
 * Attacks the built daemon, one way after the other, and prints a table: the most memory it needed (RSS), how much
 * longer an honest client's upload took meanwhile, and the time to cut the attackers:
 *
 *   npm run test:attacks [-- --only "half handshakes" --short --rss 200 --json FILE]
 *
 * Every honest upload is compared with what was sent. Status 1 when one fails, when memory goes above `--rss` MB, or when a
 * peer that is to be cut is not. `--short` makes one upload an attack and does not wait for the idle limit.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { percentile, sleep, startDaemon, until } from '../flood/daemon.mjs';
import { ATTACKS } from './attacks.mjs';
import { slowDown } from './slow-disk.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    rss: { type: 'string', default: '200' },
    json: { type: 'string' },
  },
});
const HERE = resolve(fileURLToPath(import.meta.url), '..');
const RSS_MAX_MB = Number(options.rss);
const UPLOAD_BYTES = 2_000_000;
const CUT_DEADLINE_MS = 60_000;
const LIMITS = 'limits: { loginGraceSeconds: 3, idleSeconds: 10 }';

const daemon = await startDaemon({ honest: '81365677', attacker: '71099911', slow: '82499092' }, [
  `sftp: { host: 127.0.0.1, port: 0, ${LIMITS} }`,
]);
const keyPath = join(daemon.home, 'key');
writeFileSync(keyPath, daemon.privateKey, { mode: 0o600 });
let uploads = 0;

/** Milliseconds that OpenSSH's client takes for an upload; null when it fails or something else has arrived. */
async function uploadHonestly() {
  const name = `honest${(uploads += 1)}`;
  const content = randomBytes(UPLOAD_BYTES);
  const path = join(daemon.home, name);
  writeFileSync(path, content);
  const settings = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const args = ['-F', 'none', '-i', keyPath, ...settings.flatMap((setting) => ['-o', setting]), '-b', '-'];
  const started = performance.now();
  const done = await new Promise((finish) => {
    const child = execFile(
      'sftp',
      [...args, '-P', `${daemon.port}`, 'honest@127.0.0.1'],
      { timeout: 30_000 },
      (error) => finish(error === null),
    );
    child.stdin.end(`put ${path} ${name}\n`);
  });
  const ms = Math.round(performance.now() - started);
  rmSync(path);
  if (!done) return null;
  const arrived = join(daemon.drop('honest'), name);
  const isWhole = readFileSync(arrived).equals(content);
  rmSync(arrived);
  return isWhole ? ms : null;
}

async function uploadTimes(count) {
  const times = [];
  for (let turn = 0; turn < count; turn += 1) times.push(await uploadHonestly());
  return times;
}

async function attack(name, aloneMs) {
  const { limit = null, slow = [] } = ATTACKS[name];
  writeFileSync(`/proc/${daemon.pid}/clear_refs`, '5'); // peak memory counts anew
  const slowPaths = slow.map((path) => join(daemon.home, 'data/uploads', path));
  const speedUp = slowPaths.length > 0 ? await slowDown(daemon.pid, slowPaths) : () => undefined;
  const args = [join(HERE, 'attacker.mjs'), name, `${daemon.port}`, keyPath];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  await until(() => said.includes('begun') || child.exitCode !== null);
  const times = await uploadTimes(options.short ? 1 : 3);
  const isToBeCut = !SERVED_ON.has(name);
  const isWaitedFor = isToBeCut && !(options.short && limit === 'idle limit');
  const deadline = performance.now() + CUT_DEADLINE_MS;
  if (isWaitedFor) await until(() => said.includes('cut') || performance.now() > deadline || child.exitCode !== null);
  const [, cut] = /^cut (\d+)$/m.exec(said) ?? [];
  const rssMb = daemon.peakRssMb();
  const isAlive = child.exitCode === null;
  const ended = isAlive && new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
  await speedUp();
  const failed = times.includes(null) || !isAlive || !said.includes('begun') || daemon.hasEnded();
  return {
    attack: name,
    rssMb,
    honest: failed ? 'FAILED' : 'ok',
    delayMs: failed ? null : Math.max(...times) - aloneMs,
    cutMs: cut === undefined ? null : Number(cut),
    by: isToBeCut ? (limit ?? 'at once') : 'served on',
    isSound: !failed && rssMb <= RSS_MAX_MB && (!isWaitedFor || cut !== undefined),
  };
}

/** What breaks no rule is not cut: its peers are answered, as slowly as the disk lets them be. */
const SERVED_ON = new Set(['write flood against a slow disk', 'unknown packets, after login']);

const rows = [];
const startedMb = daemon.rssMb();
const alone = (await uploadTimes(options.short ? 2 : 5)).filter((ms) => ms !== null);
const aloneMs = percentile(alone, 0.5);
console.log(`at rest: RSS ${startedMb} MB, an upload of ${UPLOAD_BYTES} bytes takes ${aloneMs} ms\n`);
console.log('attack                                RSS MB  honest  delay ms    cut ms  cut by');
for (const name of Object.keys(ATTACKS)) {
  if (options.only !== '' && options.only !== name) continue;
  const row = await attack(name, aloneMs);
  rows.push(row);
  const { attack: title, rssMb, honest, delayMs, cutMs, by, isSound } = row;
  const columns = [
    `${rssMb}`.padStart(6),
    honest.padStart(6),
    `${delayMs ?? '-'}`.padStart(8),
    `${cutMs ?? '-'}`.padStart(8),
  ];
  console.log(`${title.padEnd(38)}${columns.join('  ')}  ${by}${isSound ? '' : '  PROBLEM'}`);
  await sleep(200);
}
await daemon.stop();
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify({ startedMb, aloneMs, rows }, null, 2));
process.exitCode = rows.every(({ isSound }) => isSound) ? 0 : 1;
