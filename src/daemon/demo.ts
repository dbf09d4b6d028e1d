/**
 * The whole job in a temporary folder: a throwaway account, the example batches and one damaged batch through a real
 * SFTP session, the reports and the table counts. Leaves nothing behind.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import { createAccountDirectory } from '../adapters/accounts/create-account-directory';
import { generateKeyPair } from '../adapters/sftp/host-key';
import { dataFolders } from '../adapters/spool/data-folders';
import { openStoreReader } from '../adapters/sqlite/open-store-reader';
import type { Config } from '../config/config';
import { createLogger } from '../adapters/winston/create-logger';
import type { OnInterrupt } from '../ports/on-interrupt';
import { startDaemon } from './compose';

const SENDER = '81365677';
const REPORT_DEADLINE_MS = 15_000;
const POLL_MS = 20;

export interface DemoOptions {
  /** The configuration to start from: its schemas and limits are used, its folders and ports are not. */
  readonly config: Config;
  readonly print: (text: string) => void;
  readonly onInterrupt?: OnInterrupt;
}

/** @throws when a batch is not answered in time */
export async function runDemo({ config, print, onInterrupt }: DemoOptions): Promise<void> {
  let home: string | null = null;
  const takeAway = (): void => {
    // The daemon in it may write yet.
    if (home !== null) rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  };
  // Heard before there is anything: else a signal in between would leave it there.
  const done = onInterrupt?.(takeAway);
  try {
    home = mkdtempSync(join(tmpdir(), 'labdrop-demo-'));
    await demonstrate(home, config, print);
  } finally {
    takeAway();
    done?.();
  }
}

async function demonstrate(home: string, base: Config, print: DemoOptions['print']): Promise<void> {
  const config: Config = {
    ...base,
    dataDir: join(home, 'data'),
    senders: { dir: join(home, 'senders') },
    sftp: { ...base.sftp, host: '127.0.0.1', port: 0 },
    http: { ...base.http, port: null },
  };
  const keys = generateKeyPair('demo');
  createAccountDirectory(config.senders.dir, () => undefined).write({
    account: 'demo',
    name: 'Demonstration laboratory',
    email: 'demo@example.org',
    senders: [SENDER],
    messageTypes: null,
    status: 'production',
    authorizedKeys: [keys.public],
    allowFrom: [],
    language: 'en',
    expires: null,
    quotaBytes: null,
    quotaFiles: null,
  });
  const daemon = await startDaemon(config, createLogger({ level: 'error', format: 'text' }));
  try {
    const client = await connect(daemon.sftp, keys.private);
    const sftp = await openSftp(client);
    for (const { name, bytes } of demoBatches(config.schemas.dir)) {
      print(`\n--- put ${name}, put ${markerOf(name)}`);
      await put(sftp, name, bytes);
      await put(sftp, markerOf(name), Buffer.alloc(0));
      print(await answerTo(sftp, name));
    }
    client.end();
  } finally {
    await daemon.stop(0);
  }
  printTables(config, print);
}

/** Every CSV example in the order of the times in their names, then what a spreadsheet and haste made of one. */
function demoBatches(schemasDir: string): readonly { name: string; bytes: Buffer }[] {
  const collections = readdirSync(schemasDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return ['examples', 'examples-damaged'].flatMap((kind) =>
    collections
      .flatMap(({ name }) => csvFiles(join(schemasDir, name, kind)))
      .sort((a, b) => (timeOf(a.name) < timeOf(b.name) ? -1 : 1)),
  );
}

function csvFiles(folder: string): { name: string; bytes: Buffer }[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  return names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

function timeOf(name: string): string {
  return /\d{12}(?=\.)/.exec(name)?.[0] ?? '';
}

async function answerTo(sftp: SFTPWrapper, name: string): Promise<string> {
  const stem = basename(name, '.csv');
  const deadline = Date.now() + REPORT_DEADLINE_MS;
  for (;;) {
    const names = await list(sftp, '/reports');
    if (names.includes(`${stem}.report.ok`)) {
      const own = names.filter((found) => found.startsWith(`${stem}.`)).sort();
      const summary = own.find((found) => found.endsWith('.txt'));
      const findings = own.find((found) => found.endsWith('.errors.csv'));
      const parts = [summary, findings].filter((part) => part !== undefined);
      const texts = await Promise.all(parts.map((part) => read(sftp, `/reports/${part}`)));
      return [...own.map((found) => `    reports/${found}`), ...texts].join('\n');
    }
    if (Date.now() > deadline) throw new Error(`no report on ${name} within ${REPORT_DEADLINE_MS / 1000} seconds`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function printTables(config: Config, print: DemoOptions['print']): void {
  const reader = openStoreReader(dataFolders(config.dataDir).storePath);
  try {
    print('\nRecords in the store:');
    for (const { messageType, rows } of reader.tables()) print(`  ${String(rows).padStart(4)}  ${messageType}`);
  } finally {
    reader.close();
  }
}

function markerOf(name: string): string {
  return `${basename(name, '.csv')}.ok`;
}

function connect(address: { host: string; port: number }, privateKey: string): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.once('ready', () => resolve(client));
    client.once('error', reject);
    client.connect({ ...address, username: 'demo', privateKey });
  });
}

function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error)));
  });
}

function put(sftp: SFTPWrapper, name: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sftp.writeFile(`/${name}`, bytes, (error) => (error ? reject(new Error(error.message)) : resolve()));
  });
}

function list(sftp: SFTPWrapper, path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    sftp.readdir(path, (error, entries) => {
      if (error) reject(new Error(error.message));
      else resolve(entries.map((entry) => entry.filename));
    });
  });
}

function read(sftp: SFTPWrapper, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    sftp.readFile(path, (error, bytes) => {
      if (error) reject(new Error(error.message));
      else resolve(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    });
  });
}
