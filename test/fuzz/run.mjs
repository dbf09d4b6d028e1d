/**
 * Mutation fuzzers against the built daemon, before the login and after it:
 *
 *   npm run test:fuzz [-- --seconds 60 --seed 1 --stream pre-login|sftp --patience 5]
 *
 * Each stream gets so many seconds. Meanwhile and afterwards an honest client must get its work done within `patience`
 * seconds; at the end the process must be the same, hold no more open for its peers than at its start, and at most 200 MB.
 * Status 1 when it is not so. The same seed gives the same mutants in the same order, in their own time.
 */
import { existsSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sleep, startDaemon } from '../flood/daemon.mjs';
import { createRandom } from './mutate.mjs';
import { attackBeforeLogin, recordHandshakes } from './pre-login.mjs';
import { attackSftp, connectClient, openSftp, recordSession } from './sftp-stream.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    stream: { type: 'string', default: '' },
    patience: { type: 'string', default: '5' },
  },
});
const AT_ONCE = 8;
const HONEST_MS = Number(options.patience) * 1000;
const RSS_MAX_MB = 200;
/** Until those that never logged in are cut, and some more. */
const SETTLE_MS = HONEST_MS + 15_000;
/** Wide enough that nobody is turned away to make room: what fails then is no defence at work. */
const LIMITS = [
  `loginGraceSeconds: ${options.patience}`,
  'maxHandlesPerSession: 16',
  ...['maxConnections', 'maxConnectionsPerAddress', 'maxUnauthenticated'].map((name) => `${name}: 1000`),
].join(', ');
/** One account for each of those that attack side by side: names that another one writes are refused. */
const ACCOUNTS = Array.from({ length: AT_ONCE }, (_, number) => `lab${number}`);
const HONEST = 'honest';

const senders = Object.fromEntries([...ACCOUNTS, HONEST].map((account) => [account, '81365677']));
const daemon = await startDaemon(senders, [
  `sftp: { host: 127.0.0.1, port: 0, limits: { ${LIMITS} } }`,
  'log: { level: info, format: json }',
]);
const loginOf = (user) => ({ port: daemon.port, user, privateKey: daemon.privateKey });
const problems = [];

/** What is open for peers: sockets, and whatever lies in the accounts' folders. Workers and the store come and go. */
function openFiles() {
  const dir = `/proc/${daemon.pid}/fd`;
  const files = readdirSync(dir).flatMap((fd) => {
    try {
      return [readlinkSync(join(dir, fd))];
    } catch {
      return []; // closed while we looked
    }
  });
  return files.filter((file) => /^socket:|\/data\/(accounts|uploads)\//.test(file));
}

/** An upload, a listing and a download. */
async function workHonestly() {
  const client = await connectClient(loginOf(HONEST));
  const sftp = await openSftp(client);
  const ask = (method, ...args) =>
    new Promise((done, failed) => sftp[method](...args, (error, value) => (error ? failed(error) : done(value))));
  const content = Buffer.from(`honest ${Date.now()}`);
  await ask('writeFile', '/honest.part', content);
  const names = (await ask('readdir', '/')).map(({ filename }) => filename);
  const got = await ask('readFile', '/honest.part');
  await ask('unlink', '/honest.part');
  if (!names.includes('honest.part') || !got.equals(content)) throw new Error('the upload did not come back');
  client.removeAllListeners('close');
  client.end();
}

async function checkHonest(when) {
  const started = performance.now();
  try {
    await Promise.race([
      workHonestly(),
      sleep(HONEST_MS).then(() => {
        throw new Error(`not done within ${HONEST_MS} ms`);
      }),
    ]);
  } catch (error) {
    problems.push(`${when}: the honest client failed: ${error.message}`);
    console.log(daemon.output().slice(-4_000));
  }
  return performance.now() - started;
}

/** Mutants side by side for so many seconds; how many there were, and the honest client's worst time. */
async function fuzz(name, attack) {
  const deadline = performance.now() + Number(options.seconds) * 1000;
  let count = 0;
  let worst = 0;
  const goOn = () => performance.now() < deadline && !daemon.hasEnded() && problems.length === 0;
  const attackers = ACCOUNTS.map(async (account) => {
    while (goOn()) {
      const number = count++;
      await attack(loginOf(account), createRandom(Number(options.seed) * 1_000_003 + number));
    }
  });
  const honest = (async () => {
    while (goOn()) {
      worst = Math.max(worst, await checkHonest(`${name}, after ${count} mutants`));
      for (const account of ACCOUNTS) clear(daemon.drop(account));
      await sleep(500);
    }
  })();
  await Promise.all([...attackers, honest]);
  console.log(`${name}: ${count} mutants, honest client at most ${worst.toFixed(0)} ms, RSS ${rss()} MB`);
}

/** What mutants uploaded is of no use to the next ones. */
function clear(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) rmSync(join(folder, entry.name), { force: true });
  }
}

const rss = () => (daemon.hasEnded() ? 0 : daemon.rssMb());

console.log(`seed ${options.seed}`);
try {
  const handshakes = await recordHandshakes(loginOf(HONEST));
  const session = await recordSession(loginOf(HONEST));
  await checkHonest('before');
  await sleep(1_000);
  const base = openFiles();
  if (options.stream !== 'sftp') {
    await fuzz('pre-login', (login, random) => attackBeforeLogin(login, handshakes, random));
  }
  if (options.stream !== 'pre-login') {
    await fuzz('sftp', (login, random) => attackSftp(login, session, random));
  }
  await checkHonest('afterwards');
  if (daemon.hasEnded()) {
    problems.push('the daemon has ended');
  } else {
    const deadline = performance.now() + SETTLE_MS;
    while (openFiles().length > base.length && performance.now() < deadline) await sleep(100);
    const left = openFiles();
    for (const file of base) if (left.includes(file)) left.splice(left.indexOf(file), 1);
    console.log(`open files: ${base.length} before, ${left.length} more or other ones now`);
    if (openFiles().length > base.length) problems.push(`files were left open: ${left.join(', ')}`);
    const megabytes = daemon.peakRssMb();
    console.log(`peak RSS ${megabytes} MB`);
    if (megabytes > RSS_MAX_MB) problems.push(`RSS went up to ${megabytes} MB`);
  }
} finally {
  await daemon.stop();
}
problems.forEach((problem) => console.log(`PROBLEM: ${problem}`));
// Node does not end by itself after sockets were reset in the middle of connecting.
process.exit(problems.length > 0 ? 1 : 0);
