/**
 * Whether a flood is survived: thousands of files that another program places at once in one account, at the same
 * moment one file in another; then thousands of accounts with a folder each.
 *
 *   npm run test:flood [-- --files 20000 --accounts 2000]
 *
 * Prints what was missed, the longest time that a request of an SFTP client took meanwhile, memory, and how soon the
 * single file was answered: within the rescan period and a second. Ends with status 1 when something was missed or late.
 */
import { createRequire } from 'node:module';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answered, baseName, percentile, place, ROOT, sleep, startDaemon, TYPE, until } from './daemon.mjs';

const { Client } = createRequire(import.meta.url)('ssh2');
const { values: options } = parseArgs({
  options: { files: { type: 'string', default: '20000' }, accounts: { type: 'string', default: '2000' } },
});
const FILES = Number(options.files);
const ACCOUNTS = Number(options.accounts);
const RESCAN_SECONDS = 5;
const SENDERS = ['81365677', '71099911'];
const LIMIT_MS = (RESCAN_SECONDS + 1) * 1000;

const example = readFileSync(join(ROOT, 'schemas/covid19/examples', `${SENDERS[0]}_${TYPE}_210510080500.csv`), 'utf8');
const [header, record] = example.split(/\r?\n/);
const problems = [];

/** One record, with a key of its own. */
function content(number) {
  const columns = header.split(';');
  const cells = record.split(';');
  cells[columns.indexOf('TestId1')] = `FLOOD-${number}`;
  return `${header}\n${cells.join(';')}\n`;
}

/** Asks over and over in one SFTP session, and keeps how long each answer took. */
async function startPinging(daemon, account) {
  const client = new Client();
  await new Promise((done, failed) => {
    client.once('ready', done).once('error', failed);
    client.connect({ host: '127.0.0.1', port: daemon.port, username: account, privateKey: daemon.privateKey });
  });
  const sftp = await new Promise((done, failed) => client.sftp((error, it) => (error ? failed(error) : done(it))));
  let times = [];
  let goOn = true;
  const loop = (async () => {
    while (goOn) {
      const started = performance.now();
      await new Promise((done, failed) => sftp.stat('/', (error) => (error ? failed(error) : done())));
      times.push(performance.now() - started);
      await sleep(20);
    }
  })();
  return {
    take: () => {
      const taken = times;
      times = [];
      return taken;
    },
    stop: async () => {
      goOn = false;
      await loop;
      client.end();
    },
  };
}

const pings = (times) =>
  `p50 ${percentile(times, 0.5).toFixed(0)}, p99 ${percentile(times, 0.99).toFixed(0)}, worst ${Math.max(...times).toFixed(0)} ms (${times.length})`;

async function placeFlood() {
  const daemon = await startDaemon({ flood: SENDERS[0], quiet: SENDERS[0] }, [
    `ingest: { rescanSeconds: ${RESCAN_SECONDS} }`,
  ]);
  const pinging = await startPinging(daemon, 'quiet');
  await sleep(1000);
  console.log(`before: SFTP answers ${pings(pinging.take())}; RSS ${daemon.rssMb()} MB`);

  const made = join(daemon.home, 'made');
  mkdirSync(made);
  const names = [];
  for (let number = 0; number < FILES; number++) {
    const base = baseName(SENDERS[0], number);
    writeFileSync(join(made, base), content(number));
    writeFileSync(join(made, `${base}.ok`), '');
    names.push(base);
  }
  const started = performance.now();
  names.reverse();
  for (const base of names) {
    renameSync(join(made, base), join(daemon.drop('flood'), base));
    renameSync(join(made, `${base}.ok`), join(daemon.drop('flood'), `${base}.ok`));
  }
  console.log(`placed ${FILES} files with markers in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const single = baseName(SENDERS[0], FILES + 1);
  place(daemon.drop('quiet'), single, content('quiet'));
  place(daemon.drop('quiet'), `${single}.ok`, '');
  const ms = await answered(daemon.drop('quiet'), single);
  console.log(`the single file of the other account: answered after ${ms.toFixed(0)} ms (allowed: ${LIMIT_MS} ms)`);
  if (ms > LIMIT_MS) problems.push('the single file was answered late');
  const finished = () =>
    daemon.query(`SELECT count(*) AS n FROM batches WHERE account = 'flood' AND state = 'archived'`)[0].n === FILES;
  let idle = 0;
  let last = -1;
  await until(() => {
    const count = readdirSync(daemon.drop('flood')).length;
    idle = count === last ? idle + 1 : 0;
    last = count;
    return finished() || idle > 60;
  }, 1000);
  const seconds = (performance.now() - started) / 1000;
  const outcomes = daemon.query(`SELECT outcome, count(*) AS n FROM batches WHERE account = 'flood' GROUP BY 1`);
  const done = outcomes.find(({ outcome }) => outcome === 'ACCEPTED')?.n ?? 0;
  const reports = readdirSync(join(daemon.drop('flood'), 'reports')).filter((name) =>
    name.endsWith('.report.ok'),
  ).length;
  console.log(`answered ${done} of ${FILES} in ${seconds.toFixed(0)} s, ${reports} reports, missed ${FILES - done}`);
  console.log(`meanwhile: SFTP answers ${pings(pinging.take())}; peak RSS ${daemon.peakRssMb()} MB`);
  if (done !== FILES || reports !== FILES) problems.push(`missed ${FILES - done} files, ${FILES - reports} reports`);
  await pinging.stop();
  await daemon.stop();
}

async function manyAccounts() {
  const names = Array.from({ length: ACCOUNTS }, (_, number) => `lab${number}`);
  const daemon = await startDaemon(Object.fromEntries(names.map((name) => [name, SENDERS[0]])), [
    `ingest: { rescanSeconds: ${RESCAN_SECONDS} }`,
  ]);
  for (const name of names) mkdirSync(join(daemon.drop(name), 'test', 'reports'), { recursive: true });
  const pinging = await startPinging(daemon, names[0]);
  await sleep(3 * RESCAN_SECONDS * 1000);
  console.log(`${ACCOUNTS} accounts: SFTP answers ${pings(pinging.take())}; RSS ${daemon.rssMb()} MB`);
  const base = baseName(SENDERS[0], 1);
  const [name] = names.slice(-1);
  place(daemon.drop(name), base, content('many'));
  place(daemon.drop(name), `${base}.ok`, '');
  const ms = await answered(daemon.drop(name), base);
  console.log(`a file in one of them: answered after ${ms.toFixed(0)} ms (allowed: ${LIMIT_MS} ms)`);
  if (ms > LIMIT_MS) problems.push('a file among many accounts was answered late');
  await pinging.stop();
  await daemon.stop();
}

if (FILES > 0) await placeFlood();
if (ACCOUNTS > 0) await manyAccounts();
problems.forEach((problem) => console.log(`PROBLEM: ${problem}`));
process.exitCode = problems.length > 0 ? 1 : 0;
