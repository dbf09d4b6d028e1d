/**
 * What OpenSSH's client uploads in the runs that tamper with the thread that serves it: a plain file, one under a
 * temporary name, and one of several packets that replaces what was there before its marker comes. The client is a
 * laboratory's script: it ends at the first step that it hears no OK for, and begins there again later.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { portOf } from './daemon.mjs';
import { ACCOUNT, buildBatch, csv, json } from './scenario.mjs';

const CLIENT_DEADLINE_MS = 30_000;
/** As many copies of the example's five records make the third file some packets long. */
const COPIES = 60;
const PACKET_BYTES = '16384';
const SSH_OPTIONS = [
  'StrictHostKeyChecking=no',
  'UserKnownHostsFile=/dev/null',
  'IdentitiesOnly=yes',
  'LogLevel=ERROR',
].flatMap((option) => ['-o', option]);

const [header, ...records] = csv.trimEnd().split(/\r?\n/);
const copies = Array.from({ length: COPIES }, (_, copy) =>
  records.map((record) => record.replaceAll('S21-', `C${String(copy).padStart(2, '0')}-`)),
);

/** @type {readonly import('./scenario.mjs').Batch[]} */
export const UPLOADS = [
  buildBatch('210510080500', csv, 'ACCEPTED'),
  buildBatch('210510140530', json, 'ACCEPTED', { extension: 'json' }),
  buildBatch('210510150000', [header, ...copies.flat(), ''].join('\r\n'), 'ACCEPTED'),
];
const [plain, renamed, large] = UPLOADS;

/** @type {readonly {batch: object, brings: 'data' | 'marker' | 'replaced', commands: readonly string[]}[]} */
export const STEPS = [
  { batch: plain, brings: 'data', commands: [`put -p ${plain.name}`] },
  { batch: plain, brings: 'marker', commands: [`put ${plain.marker}`] },
  {
    batch: renamed,
    brings: 'data',
    commands: [`put ${renamed.name} ${renamed.name}.filepart`, `rename ${renamed.name}.filepart ${renamed.name}`],
  },
  { batch: renamed, brings: 'marker', commands: [`put ${renamed.marker}`] },
  { batch: large, brings: 'replaced', commands: [`put ${plain.name} ${large.name}`] },
  { batch: large, brings: 'data', commands: [`put ${large.name}`] },
  { batch: large, brings: 'marker', commands: [`put ${large.marker}`] },
];

/** Writes the files that the client has. */
export function fillOutbox(home) {
  const outbox = join(home.dir, 'outbox');
  mkdirSync(outbox);
  for (const { name, bytes, marker, markerText } of UPLOADS) {
    writeFileSync(join(outbox, name), bytes);
    writeFileSync(join(outbox, marker), markerText);
  }
}

/**
 * Uploads from a step on, until a step fails or all is done.
 * @returns {Promise<number>} how many steps the client has heard OK for, from the first one
 */
export async function upload(home, daemon, from = 0) {
  const commands = STEPS.slice(from).flatMap((step, index) => [...step.commands, `!echo heard ${from + index + 1}`]);
  const port = await portOf(daemon);
  const login = ['-b', '-', '-B', PACKET_BYTES, '-P', port, '-i', home.keyPath, ...SSH_OPTIONS, `${ACCOUNT}@127.0.0.1`];
  const client = spawn('sftp', login, { cwd: join(home.dir, 'outbox'), stdio: ['pipe', 'pipe', 'ignore'] });
  const timer = setTimeout(() => client.kill('SIGKILL'), CLIENT_DEADLINE_MS);
  let output = '';
  client.stdout.on('data', (chunk) => (output += chunk));
  client.stdin.on('error', () => undefined); // it has ended before it read all of its commands
  client.stdin.end(`${commands.join('\n')}\n`);
  await new Promise((done) => client.once('close', done));
  clearTimeout(timer);
  return [...output.matchAll(/^heard (\d+)$/gm)].reduce((_most, [, step]) => Number(step), from);
}
