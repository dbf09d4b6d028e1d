/** An SFTP server on a free port over a temporary directory, with one account, and OpenSSH's clients to drive it. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileIdentity } from '../../src/adapters/spool/durable-files';
import { promisify } from 'node:util';
import { loadOrCreateHostKey } from '../../src/adapters/sftp/host-key';
import type { SftpAuditEvent } from '../../src/adapters/sftp/sftp-audit';
import type { SftpEvents } from '../../src/adapters/sftp/sftp-events';
import { createSftpServer, type SftpServer, type SftpServerOptions } from '../../src/adapters/sftp/sftp-server';
import type { Account } from '../../src/domain/account';
import { makeAccount } from './make-account';

const run = promisify(execFile);

export const ACCOUNT = makeAccount({ account: 'lab1', name: 'Laboratory One', email: 'lab1@example.org' });

export interface ClientResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SftpFixture {
  readonly dir: string;
  readonly server: SftpServer;
  readonly port: number;
  readonly keyPath: string;
  readonly privateKey: Buffer;
  /** What the account sees as `/`, on disk. */
  readonly root: string;
  readonly uploads: string;
  readonly local: string;
  /** Accounts by name; change it to change what `findAccount` says. */
  readonly accounts: Map<string, Account>;
  readonly arrivals: string[];
  /** How large each was. */
  readonly arrivedBytes: number[];
  readonly claimed: Set<string>;
  /** Identities of files of complete batches that were not taken up yet, as `account/folder/name`. */
  readonly ready: Map<string, string>;
  readonly audit: SftpAuditEvent[];
  sftp(commands: string, options?: readonly string[]): Promise<ClientResult>;
  scp(args: readonly string[]): Promise<ClientResult>;
  spawnSftp(commands: string, options?: readonly string[]): ChildProcess;
  close(): Promise<void>;
}

/** Makes an SSH key pair; returns the private key's path. */
export async function makeKey(dir: string, name: string, args: readonly string[] = ['-t', 'ed25519']): Promise<string> {
  const path = join(dir, name);
  await run('ssh-keygen', ['-q', '-N', '', '-C', 'test', ...args, '-f', path]);
  return path;
}

export async function openFixture(
  options: Partial<SftpServerOptions> = {},
  account: Partial<Account> = {},
): Promise<SftpFixture> {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-sftp-'));
  const keyPath = await makeKey(dir, 'key');
  const publicKey = readFileSync(`${keyPath}.pub`, 'utf8').trim();
  const accounts = new Map<string, Account>([
    [ACCOUNT.account, { ...ACCOUNT, authorizedKeys: [publicKey], ...account }],
  ]);
  const arrivals: string[] = [];
  const arrivedBytes: number[] = [];
  const claimed = new Set<string>();
  const ready = new Map<string, string>();
  const audit: SftpAuditEvent[] = [];
  const events: SftpEvents = {
    findAccount: (name) => accounts.get(name) ?? null,
    onArrival: (account, folder, name, bytes) => {
      arrivals.push(`${account}/${folder}/${name}`);
      arrivedBytes.push(bytes);
    },
    heldFiles: (account, folder, name) => {
      const path = join(dir, 'accounts', account, folder === 'root' ? '' : folder, name);
      const isHeld = claimed.has(`${account}/${folder}/${name}`);
      return isHeld ? [{ identity: fileIdentity(path) ?? '', isGone: true }] : [];
    },
    readyFile: (account, folder, name) => ready.get(`${account}/${folder}/${name}`) ?? null,
    audit: (event) => audit.push(event),
  };
  const server = createSftpServer(
    {
      host: '127.0.0.1',
      port: 0,
      policy: 'modern',
      hostKeys: [loadOrCreateHostKey(join(dir, 'host_key')).privateKey],
      accountsDir: join(dir, 'accounts'),
      uploadsDir: join(dir, 'uploads'),
      maxFileBytes: 1_000_000_000,
      uploadShadowSeconds: 60,
      ...options,
    },
    events,
  );
  const { port } = await server.listen();
  const local = join(dir, 'local');
  mkdirSync(local);
  const common = [
    ...['-F', 'none', '-i', keyPath, '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
  ];
  const batch = (commands: string): string => {
    const path = join(dir, 'batch');
    writeFileSync(path, `${commands}\n`);
    return path;
  };
  const sftpArgs = (commands: string, extra: readonly string[]): string[] => {
    return [...extra, ...common, '-b', batch(commands), '-P', String(port), 'lab1@127.0.0.1'];
  };
  return {
    dir,
    server,
    port,
    keyPath,
    privateKey: readFileSync(keyPath),
    root: join(dir, 'accounts', 'lab1'),
    uploads: join(dir, 'uploads', 'lab1'),
    local,
    accounts,
    arrivals,
    arrivedBytes,
    claimed,
    ready,
    audit,
    sftp: (commands, extra = []) => client('sftp', sftpArgs(commands, extra)),
    scp: (args) => client('scp', [...common, '-P', String(port), ...args]),
    spawnSftp: (commands, extra = []) => spawn('sftp', sftpArgs(commands, extra), { stdio: 'ignore' }),
    close: async () => {
      await server.close(0);
      rmSync(dir, { recursive: true });
    },
  };
}

async function client(program: string, args: readonly string[]): Promise<ClientResult> {
  try {
    const { stdout, stderr } = await run(program, [...args], { timeout: 30_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, stdout: stdout ?? '', stderr: stderr ?? '' };
  }
}

/** Names of the regular files in a folder; none where the folder is missing. */
export function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}
