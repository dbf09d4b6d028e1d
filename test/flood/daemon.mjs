/** The built daemon in a folder of its own, for the measurements beside this file. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
export const Database = require('better-sqlite3');
const { generateKeyPair } = require('../../dist/adapters/sftp/host-key.js');

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
export const TYPE = 'LaboratoryTestResult';

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(done, everyMs = 10) {
  while (!done()) await sleep(everyMs);
}

/** @param accounts names with their sender number; @param extra lines of YAML, in place of the default for their key */
export async function startDaemon(accounts, extra = []) {
  const home = mkdtempSync(join(tmpdir(), 'labdrop-flood-'));
  const keys = generateKeyPair('test');
  mkdirSync(join(home, 'senders'));
  for (const [account, sender] of Object.entries(accounts)) {
    const lines = [
      `account: ${account}`,
      'name: Lab',
      'email: lab@example.org',
      `senders: ["${sender}"]`,
      `authorizedKeys: ["${keys.public}"]`,
      'status: production',
    ];
    writeFileSync(join(home, 'senders', `${account}.yaml`), lines.join('\n'));
    mkdirSync(join(home, 'data/accounts', account, 'reports'), { recursive: true });
  }
  const given = new Set(extra.map((line) => line.split(':')[0]));
  const defaults = [
    'dataDir: data',
    'sftp: { host: 127.0.0.1, port: 0 }',
    'senders: { dir: senders }',
    'log: { level: error }',
    `schemas: { dir: ${join(ROOT, 'schemas')} }`,
  ];
  const config = [...defaults.filter((line) => !given.has(line.split(':')[0])), ...extra];
  writeFileSync(join(home, 'labdrop.yaml'), config.join('\n'));
  const args = [join(ROOT, 'dist/main.js'), 'serve', '--config', join(home, 'labdrop.yaml')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await until(() => /^ready sftp=/m.test(output) || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`the daemon ended with status ${child.exitCode}`);
  const memory = (name) => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024);
  };
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    home,
    pid: child.pid,
    hasEnded,
    port: Number(/^ready sftp=\S+:(\d+)/m.exec(output)[1]),
    privateKey: keys.private,
    drop: (account) => join(home, 'data/accounts', account),
    peakRssMb: () => memory('VmHWM'),
    rssMb: () => memory('VmRSS'),
    output: () => output,
    query: (sql) => {
      const db = new Database(join(home, 'data/labdrop.db'), { readonly: true });
      try {
        return db.prepare(sql).all();
      } finally {
        db.close();
      }
    },
    /** @param keep leaves its folder until `remove` */
    stop: async ({ keep = false } = {}) => {
      const ended = hasEnded() || new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      if (!keep) rmSync(home, { recursive: true, force: true });
    },
    remove: () => {
      if (!hasEnded()) child.kill('SIGKILL');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Places a file whole, by rename, as another program on the machine would. */
export function place(folder, name, content) {
  const temporary = join(folder, `.${name}`);
  writeFileSync(temporary, content);
  renameSync(temporary, join(folder, name));
}

/** Resolves with the milliseconds that `reports/<base>.report.ok` took to come. */
export async function answered(folder, base, everyMs = 5) {
  const started = performance.now();
  const marker = join(folder, 'reports', `${base}.report.ok`);
  await until(() => existsSync(marker), everyMs);
  return performance.now() - started;
}

export const percentile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** A name whose time counts up by seconds. */
export function baseName(sender, number) {
  const time = new Date(Date.UTC(2021, 10, 1) + number * 1000).toISOString();
  return `${sender}_${TYPE}_${time.slice(2, 19).replace(/\D/g, '')}`;
}
