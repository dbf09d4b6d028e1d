/**
 * Measures the built program beside rivals on this machine, in one run, in turn, and prints medians and ratios:
 *
 *   npm run bench [-- --runs 5 --records 10000,100000,1000000 --json FILE]
 *
 * Throughput counts from the marker's arrival to the commit; the rival is `sqlite3 .import` of the same file into a
 * table with an index on the same key, which checks nothing. Figures of different runs do not compare; ratios do.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generate, TYPE } from './generate.mjs';

const require = createRequire(import.meta.url);
const Database = require('better-sqlite3');
const { Client } = require('ssh2');
const { generateKeyPair } = require('../../dist/adapters/sftp/host-key.js');

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
const SENDER = '81365677';
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    records: { type: 'string', default: '10000,100000,1000000' },
    batches: { type: 'string', default: '50' },
    json: { type: 'string' },
  },
});

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const percentile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function startDaemon() {
  const home = mkdtempSync(join(tmpdir(), 'labdrop-bench-'));
  const keys = generateKeyPair('bench');
  mkdirSync(join(home, 'senders'));
  writeFileSync(join(home, 'id.pub'), `${keys.public}\n`);
  const config = [
    'dataDir: data',
    'sftp: { host: 127.0.0.1, port: 0 }',
    'senders: { dir: senders }',
    'log: { level: error }',
  ];
  writeFileSync(join(home, 'labdrop.yaml'), [...config, `schemas: { dir: ${join(ROOT, 'schemas')} }`].join('\n'));
  const main = join(ROOT, 'dist/main.js');
  const env = { ...process.env, LABDROP_CONFIG: join(home, 'labdrop.yaml') };
  const child = spawn(process.execPath, [main, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  while (!/^ready sftp=/m.test(output)) await sleep(5);
  const add = ['sender', 'add', SENDER, '--account', 'bench', '--name', 'Bench', '--email', 'bench@example.org'];
  spawnSync(process.execPath, [main, ...add, '--key', join(home, 'id.pub')], { env });
  const drop = join(home, 'data/accounts/bench');
  mkdirSync(join(drop, 'reports'), { recursive: true });
  return {
    home,
    drop,
    port: Number(/^ready sftp=\S+:(\d+)/m.exec(output)[1]),
    privateKey: keys.private,
    peakRssMb: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function waitFor(path) {
  while (!existsSync(path)) await sleep(5);
}

/** Seconds from the marker to the commit, and to the end, of one file in a fresh daemon; peak RSS of the process. */
async function measureProduct(file) {
  const daemon = await startDaemon();
  const name = `${SENDER}_${TYPE}_211101120000`;
  spawnSync('cp', [file, join(daemon.drop, `.${name}`)]);
  renameSync(join(daemon.drop, `.${name}`), join(daemon.drop, name));
  // A folder that is new is watched from the next rescan on.
  await sleep(6000);
  const marked = Date.now();
  writeFileSync(join(daemon.drop, `${name}.ok`), '');
  await waitFor(join(daemon.drop, 'reports', `${name}.report.ok`));
  const reported = Date.now();
  const db = new Database(join(daemon.home, 'data/labdrop.db'), { readonly: true });
  const batch = db.prepare('SELECT committed_at, records, accepted FROM batches').get();
  db.close();
  const peakRssMb = daemon.peakRssMb();
  await daemon.stop();
  return {
    seconds: (Date.parse(batch.committed_at) - marked) / 1000,
    reportedSeconds: (reported - marked) / 1000,
    peakRssMb,
    ...batch,
  };
}

/** Seconds of `sqlite3 .import` of the same file into a table with the same key index. */
function measureImport(file) {
  const home = mkdtempSync(join(tmpdir(), 'labdrop-bench-'));
  const header = readFileSync(file).subarray(0, 8192).toString().split('\n')[0].split(';');
  const columns = header.map((name) => `"${name}" TEXT`).join(', ');
  const script = [
    'PRAGMA journal_mode=WAL;',
    'PRAGMA synchronous=FULL;',
    `CREATE TABLE "${TYPE}" (${columns});`,
    `CREATE INDEX by_key ON "${TYPE}" ("HealthcareProviderIdentificationNumberLab", "TestId1");`,
    '.separator ;',
    `.import --csv --skip 1 ${file} ${TYPE}`,
  ]
    .join('\n')
    .replace('.separator ;\n', '')
    .replace('.import --csv', '.mode csv\n.separator ; "\\n"\n.import');
  const started = performance.now();
  const run = spawnSync('sqlite3', [join(home, 'import.db')], { input: script, encoding: 'utf8' });
  const seconds = (performance.now() - started) / 1000;
  rmSync(home, { recursive: true, force: true });
  if (run.status !== 0) throw new Error(`sqlite3 failed: ${run.stderr}`);
  return { seconds };
}

/** Milliseconds from the CLOSE of the marker to `.report.ok`, one batch of 100 records after the other. */
async function measureLatency(batches) {
  const daemon = await startDaemon();
  const client = new Client();
  await new Promise((done, failed) => {
    client.once('ready', done).once('error', failed);
    client.connect({ host: '127.0.0.1', port: daemon.port, username: 'bench', privateKey: daemon.privateKey });
  });
  const sftp = await new Promise((done, failed) =>
    client.sftp((error, opened) => (error ? failed(error) : done(opened))),
  );
  const put = (name, bytes) =>
    new Promise((done, failed) => sftp.writeFile(`/${name}`, bytes, (error) => (error ? failed(error) : done())));
  const times = [];
  for (let number = 0; number < batches; number++) {
    const name = `${SENDER}_${TYPE}_2111011${String(20000 + number).padStart(5, '0')}`;
    const file = join(daemon.home, 'batch.csv');
    generate({ path: file, records: 100, sender: SENDER, schemasDir: join(ROOT, 'schemas'), seed: number + 1 });
    await put(name, readFileSync(file));
    const done = join(daemon.drop, 'reports', `${name}.report.ok`);
    await put(`${name}.ok`, Buffer.alloc(0));
    const closed = performance.now();
    while (!existsSync(done)) await new Promise((again) => setImmediate(again));
    times.push(performance.now() - closed);
  }
  client.end();
  await daemon.stop();
  return { p50: median(times), p99: percentile(times, 0.99) };
}

const results = { node: process.version, throughput: [], latency: null };
const runs = Number(options.runs);
const work = mkdtempSync(join(tmpdir(), 'labdrop-bench-data-'));
for (const records of options.records.split(',').map(Number)) {
  const file = join(work, `${records}.csv`);
  generate({ path: file, records, sender: SENDER, schemasDir: join(ROOT, 'schemas') });
  const ours = [];
  const theirs = [];
  for (let run = 0; run < runs; run++) {
    ours.push(await measureProduct(file));
    theirs.push(measureImport(file));
  }
  const seconds = median(ours.map((run) => run.seconds));
  const importSeconds = median(theirs.map((run) => run.seconds));
  const row = {
    records,
    megabytes: Math.round(statSync(file).size / 1e5) / 10,
    recordsPerSecond: Math.round(records / seconds),
    importRecordsPerSecond: Math.round(records / importSeconds),
    ratio: Math.round((100 * importSeconds) / seconds) / 100,
    reportedSeconds: median(ours.map((run) => run.reportedSeconds)),
    peakRssMb: Math.round(Math.max(...ours.map((run) => run.peakRssMb))),
  };
  results.throughput.push(row);
  rmSync(file);
}
rmSync(work, { recursive: true, force: true });
results.latency = await measureLatency(Number(options.batches));
console.table(results.throughput);
console.log(
  `marker to report, 100 records, median of ${options.batches}: ${results.latency.p50.toFixed(1)} ms, p99 ${results.latency.p99.toFixed(1)} ms`,
);
if (options.json) writeFileSync(options.json, JSON.stringify(results, null, 1));
