/** How soon small batches are answered: one after the other, beside a large one, and many at once. All over SFTP. */
import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { baseName, percentile, ROOT, sleep, startDaemon } from '../flood/daemon.mjs';
import { generate } from './generate.mjs';

const require = createRequire(import.meta.url);
const { Client } = require('ssh2');

const LARGE = '71099911';
const schemasDir = join(ROOT, 'schemas');

/** A NIHDI number of a laboratory: `digits` are its first six. */
const senderNumber = (digits) => `${digits}${String(97 - (digits % 97)).padStart(2, '0')}`;

async function connect(daemon, account) {
  const client = new Client();
  await new Promise((done, failed) => {
    client.once('ready', done).once('error', failed);
    client.connect({ host: '127.0.0.1', port: daemon.port, username: account, privateKey: daemon.privateKey });
  });
  const sftp = await new Promise((done, failed) =>
    client.sftp((error, opened) => (error ? failed(error) : done(opened))),
  );
  return {
    put: (name, bytes) =>
      new Promise((done, failed) => sftp.writeFile(`/${name}`, bytes, (error) => (error ? failed(error) : done()))),
    end: () => client.end(),
  };
}

/** The moment at which a file of that name comes into the watched folder. */
function arrival(watcher, name) {
  return new Promise((done) => {
    watcher.on('change', function look(_event, changed) {
      if (changed !== name) return;
      watcher.off('change', look);
      done(performance.now());
    });
  });
}

function batch(daemon, sender, seed, records) {
  const file = join(daemon.home, `batch-${sender}.csv`);
  generate({ path: file, records, sender, schemasDir, seed });
  return readFileSync(file);
}

/** Milliseconds from the answer to the marker's CLOSE until `.report.ok` comes, over `batches` batches. */
async function oneByOne(daemon, connection, { sender, from, goOn }) {
  const times = [];
  // To look again and again would take the processor from what is measured.
  const reports = watch(join(daemon.drop('lab'), 'reports'));
  for (let number = from; goOn(times.length); number++) {
    const base = baseName(sender, number);
    await connection.put(base, batch(daemon, sender, number + 1, 100));
    const answered = arrival(reports, `${base}.report.ok`);
    await connection.put(`${base}.ok`, Buffer.alloc(0));
    const closed = performance.now();
    times.push((await answered) - closed);
  }
  reports.close();
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), count: times.length };
}

/**
 * Batches of 100 records on an idle daemon, then beside one of `largeRecords` records of another account. What removes
 * its folder is given to `removeLater`.
 */
export async function measureLatency({ batches, largeRecords, removeLater }) {
  const sender = senderNumber(813656);
  const daemon = await startDaemon({ lab: sender, large: LARGE });
  removeLater(daemon.remove);
  try {
    const connection = await connect(daemon, 'lab');
    await oneByOne(daemon, connection, { sender, from: 0, goOn: (done) => done < 20 });
    const idle = await oneByOne(daemon, connection, { sender, from: 1000, goOn: (done) => done < batches });
    const large = await connect(daemon, 'large');
    const base = baseName(LARGE, 1);
    await large.put(base, batch(daemon, LARGE, 1, largeRecords));
    await large.put(`${base}.ok`, Buffer.alloc(0));
    const report = join(daemon.drop('large'), 'reports', `${base}.report.ok`);
    const beside = await oneByOne(daemon, connection, { sender, from: 5000, goOn: () => !existsSync(report) });
    connection.end();
    large.end();
    return { idle, beside };
  } finally {
    await daemon.stop({ keep: true });
  }
}

/**
 * Batches a second from the first marker to the last answer: `count` batches of 100 records of `accounts` accounts, in
 * each of `rounds` rounds. The first is that of a program that has just begun: its code is not compiled yet. What
 * removes its folder is given to `removeLater`.
 */
export async function measureMany({ count, accounts, rounds, removeLater }) {
  const senders = Object.fromEntries(Array.from({ length: accounts }, (_, i) => [`lab${i}`, senderNumber(813600 + i)]));
  const daemon = await startDaemon(senders);
  removeLater(daemon.remove);
  try {
    const each = Math.ceil(count / accounts);
    const connections = new Map();
    for (const account of Object.keys(senders)) connections.set(account, await connect(daemon, account));
    const perSecond = [];
    for (let round = 0; round < rounds; round++) {
      const seconds = await manyAtOnce(daemon, connections, { senders, from: round * each, each });
      perSecond.push((each * accounts) / seconds);
    }
    for (const connection of connections.values()) connection.end();
    return { batches: each * accounts, perSecond };
  } finally {
    await daemon.stop({ keep: true });
  }
}

/** Seconds for `each` batches of every account: all data files are there when the first marker comes. */
async function manyAtOnce(daemon, connections, { senders, from, each }) {
  const loads = [];
  for (const [account, connection] of connections) {
    const sender = senders[account];
    const bases = Array.from({ length: each }, (_, number) => baseName(sender, from + number));
    for (const [number, base] of bases.entries()) {
      await connection.put(base, batch(daemon, sender, from + number + 1, 100));
    }
    loads.push({ account, connection, bases });
  }
  const started = performance.now();
  await Promise.all(
    loads.map(async ({ connection, bases }) => {
      for (const base of bases) await connection.put(`${base}.ok`, Buffer.alloc(0));
    }),
  );
  // Seldom enough not to take the processor from what is measured.
  const answered = ({ account }) =>
    readdirSync(join(daemon.drop(account), 'reports')).filter((name) => name.endsWith('.report.ok')).length;
  for (const load of loads) while (answered(load) < from + each) await sleep(10);
  return (performance.now() - started) / 1000;
}
