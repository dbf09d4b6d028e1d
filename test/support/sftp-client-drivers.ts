/**
 * Real SFTP programs behind one interface, so that a test asks each for the same things. Every driver runs the program
 * as a laboratory would, with its exit status and output kept; what a program cannot do at all is null.
 */
import { execFile, execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, linkSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AlgorithmPolicy } from '../../src/adapters/sftp/algorithm-policy';

export interface ClientLogin {
  readonly port: number;
  readonly user: string;
  /** Private key in OpenSSH's format. */
  readonly key: string;
  /** `SHA256:...` of the server's host key. */
  readonly hostKey: string;
  /** A folder of the test's own, for batch files and mount points. */
  readonly dir: string;
}

export interface ClientRun {
  readonly status: number;
  readonly output: string;
}

export interface ClientDriver {
  readonly name: string;
  /** The program that must be there, as the shell finds it, or a Python module. */
  readonly needs: { readonly program: string } | { readonly module: string };
  /** The policy that the server must have for this program. */
  readonly policy: AlgorithmPolicy;
  put(login: ClientLogin, local: string, remote: string): Promise<ClientRun>;
  get(login: ClientLogin, remote: string, local: string): Promise<ClientRun>;
  /** The output holds the names. */
  list: ((login: ClientLogin, folder: string) => Promise<ClientRun>) | null;
  rename: ((login: ClientLogin, from: string, to: string) => Promise<ClientRun>) | null;
  /** Sends what the server lacks of a file that is there in part. */
  resume: ((login: ClientLogin, local: string, remote: string) => Promise<ClientRun>) | null;
  /** Compares a file with the one that lies there, by the client's own means. */
  check?: (login: ClientLogin, local: string, remote: string) => Promise<ClientRun>;
}

const CLIENTS_DIR = join(__dirname, '../e2e/clients');
const RUN_DEADLINE_MS = 120_000;

/** Runs a program to its end; a deadline or a signal is status -1. */
export function runClient(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ClientRun> {
  const options = {
    timeout: RUN_DEADLINE_MS,
    killSignal: 'SIGKILL' as const,
    maxBuffer: 16_777_216,
    env: { ...process.env, ...env },
  };
  return new Promise((resolve) => {
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      const code: unknown = error === null ? 0 : error.code;
      resolve({ status: typeof code === 'number' ? code : -1, output: `${stdout}${stderr}` });
    });
    child.stdin?.end();
  });
}

function sshOptions({ key }: ClientLogin): string[] {
  const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR'];
  return ['-F', 'none', '-i', key, ...['BatchMode=yes', ...settings].flatMap((setting) => ['-o', setting])];
}

function batchFile({ dir }: ClientLogin, lines: readonly string[]): string {
  const path = join(dir, 'commands');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function openssh(name: string, extra: readonly string[]): ClientDriver {
  const run = (login: ClientLogin, ...lines: string[]): Promise<ClientRun> => {
    const args = [...sshOptions(login), ...extra, '-b', batchFile(login, lines), '-P', String(login.port)];
    return runClient('sftp', [...args, `${login.user}@127.0.0.1`]);
  };
  return {
    name,
    needs: { program: 'sftp' },
    policy: 'modern',
    put: (login, local, remote) => run(login, `put ${local} ${remote}`),
    get: (login, remote, local) => run(login, `get ${remote} ${local}`),
    list: (login, folder) => run(login, `ls -la ${folder}`),
    rename: (login, from, to) => run(login, `rename ${from} ${to}`),
    resume: (login, local, remote) => run(login, `reput ${local} ${remote}`),
  };
}

const scp: ClientDriver = {
  name: 'OpenSSH scp',
  needs: { program: 'scp' },
  policy: 'modern',
  put: (login, local, remote) =>
    runClient('scp', [
      ...['-s', ...sshOptions(login), '-p', '-P', String(login.port)],
      ...[local, `${login.user}@127.0.0.1:${remote}`],
    ]),
  get: (login, remote, local) =>
    runClient('scp', [
      ...['-s', ...sshOptions(login), '-p', '-P', String(login.port)],
      ...[`${login.user}@127.0.0.1:${remote}`, local],
    ]),
  list: null,
  rename: null,
  resume: null,
};

function lftp(name: string, settings: readonly string[]): ClientDriver {
  const run = (login: ClientLogin, command: string): Promise<ClientRun> => {
    const connect = `ssh -a -x ${sshOptions(login).join(' ')}`;
    const script = [
      ...['set net:max-retries 1', 'set net:timeout 30', 'set cmd:fail-exit yes', ...settings],
      ...[`set sftp:connect-program "${connect}"`, `open -u ${login.user},x -p ${login.port} sftp://127.0.0.1`],
      ...[command, 'quit'],
    ].join('; ');
    return runClient('lftp', ['-c', script], { HOME: login.dir });
  };
  return {
    name,
    needs: { program: 'lftp' },
    policy: 'modern',
    put: (login, local, remote) => run(login, `put ${local} -o ${remote}`),
    get: (login, remote, local) => run(login, `get ${remote} -o ${local}`),
    list: (login, folder) => run(login, `cls -la ${folder}`),
    rename: (login, from, to) => run(login, `mv ${from} ${to}`),
    resume: (login, local, remote) => run(login, `put -c ${local} -o ${remote}`),
  };
}

function rcloneRemote(login: ClientLogin): string {
  return `:sftp,host=127.0.0.1,port=${login.port},user=${login.user},key_file="${login.key}",shell_type=none:`;
}

const rclone: ClientDriver = {
  name: 'rclone (copyto, check)',
  needs: { program: 'rclone' },
  policy: 'modern',
  put: (login, local, remote) =>
    runClient('rclone', ['copyto', local, `${rcloneRemote(login)}${remote}`], { HOME: login.dir }),
  check(login, local, remote) {
    const file = basename(remote);
    const source = mkdtempSync(join(login.dir, 'check-'));
    linkSync(local, join(source, file));
    const args = ['check', '--one-way', '--download', '--include', file];
    return runClient('rclone', [...args, source, `${rcloneRemote(login)}${dirname(remote)}`], { HOME: login.dir });
  },
  get: (login, remote, local) =>
    runClient('rclone', ['copyto', `${rcloneRemote(login)}${remote}`, local], { HOME: login.dir }),
  list: (login, folder) =>
    runClient('rclone', ['lsl', '--max-depth', '1', `${rcloneRemote(login)}${folder}`], { HOME: login.dir }),
  rename: (login, from, to) =>
    runClient('rclone', ['moveto', `${rcloneRemote(login)}${from}`, `${rcloneRemote(login)}${to}`], {
      HOME: login.dir,
    }),
  resume: null,
};

function curlRun(login: ClientLogin, ...args: string[]): Promise<ClientRun> {
  const identity = ['--key', login.key, '--pubkey', `${login.key}.pub`, '--user', `${login.user}:`];
  return runClient('curl', ['--silent', '--show-error', '--insecure', ...identity, ...args]);
}

function curlUrl(login: ClientLogin, path: string): string {
  return `sftp://127.0.0.1:${login.port}${path}`;
}

/** libssh2 1.10, which Debian 12 has, knows neither AES-GCM nor encrypt-then-MAC. */
const curl: ClientDriver = {
  name: 'curl (libssh2)',
  needs: { program: 'curl' },
  policy: 'compat',
  put: (login, local, remote) => curlRun(login, '--upload-file', local, curlUrl(login, remote)),
  get: (login, remote, local) => curlRun(login, '--output', local, curlUrl(login, remote)),
  list: (login, folder) => curlRun(login, curlUrl(login, `${folder}/`)),
  rename: (login, from, to) =>
    curlRun(login, '--output', '/dev/null', '--quote', `rename ${from} ${to}`, curlUrl(login, '/')),
  resume: (login, local, remote) =>
    curlRun(login, '--continue-at', '-', '--upload-file', local, curlUrl(login, remote)),
};

function puttyArgs(login: ClientLogin): string[] {
  const key = `${login.key}.ppk`;
  if (!existsSync(key)) execFileSync('puttygen', [login.key, '-O', 'private', '-o', key]);
  return ['-batch', '-P', String(login.port), '-i', key, '-hostkey', login.hostKey];
}

function psftpRun(login: ClientLogin, ...lines: string[]): Promise<ClientRun> {
  const args = [...puttyArgs(login), '-b', batchFile(login, lines), `${login.user}@127.0.0.1`];
  return runClient('psftp', args, { HOME: login.dir });
}

const psftp: ClientDriver = {
  name: 'PuTTY psftp',
  needs: { program: 'psftp' },
  policy: 'modern',
  put: (login, local, remote) => psftpRun(login, `put ${local} ${remote}`),
  get: (login, remote, local) => psftpRun(login, `get ${remote} ${local}`),
  list: (login, folder) => psftpRun(login, `ls ${folder}`),
  rename: (login, from, to) => psftpRun(login, `mv ${from} ${to}`),
  resume: (login, local, remote) => psftpRun(login, `reput ${local} ${remote}`),
};

const pscp: ClientDriver = {
  name: 'PuTTY pscp',
  needs: { program: 'pscp' },
  policy: 'modern',
  put: (login, local, remote) =>
    runClient('pscp', ['-sftp', '-q', ...puttyArgs(login), local, `${login.user}@127.0.0.1:${remote}`], {
      HOME: login.dir,
    }),
  get: (login, remote, local) =>
    runClient('pscp', ['-sftp', '-q', ...puttyArgs(login), `${login.user}@127.0.0.1:${remote}`, local], {
      HOME: login.dir,
    }),
  list: (login, folder) =>
    runClient('pscp', ['-sftp', ...puttyArgs(login), '-ls', `${login.user}@127.0.0.1:${folder}`], {
      HOME: login.dir,
    }),
  rename: null,
  resume: null,
};

function python(name: string, module: string): ClientDriver {
  const run = (login: ClientLogin, ...args: string[]): Promise<ClientRun> =>
    runClient('/usr/bin/python3', [
      ...['-W', 'ignore', join(CLIENTS_DIR, `${module}-client.py`)],
      ...[String(login.port), login.user, login.key, ...args],
    ]);
  return {
    name,
    needs: { module },
    policy: 'modern',
    put: (login, local, remote) => run(login, 'put', local, remote),
    get: (login, remote, local) => run(login, 'get', remote, local),
    list: (login, folder) => run(login, 'list', folder),
    rename: (login, from, to) => run(login, 'rename', from, to),
    resume: (login, local, remote) => run(login, 'resume', local, remote),
  };
}

/** A mounted folder; each thing asked for is one mount, as programs that go away do it. */
async function mounted(login: ClientLogin, script: string): Promise<ClientRun> {
  const mount = join(login.dir, 'mount');
  mkdirSync(mount, { recursive: true });
  const options = ['port', 'IdentityFile', 'StrictHostKeyChecking', 'UserKnownHostsFile'];
  const values = [String(login.port), login.key, 'no', '/dev/null'];
  const settings = options.flatMap((option, index) => ['-o', `${option}=${values[index] ?? ''}`]);
  const made = await runClient('sshfs', [`${login.user}@127.0.0.1:/`, mount, ...settings]);
  if (made.status !== 0) return made;
  try {
    return await runClient('/bin/sh', ['-e', '-c', script], { M: mount });
  } finally {
    await runClient('fusermount3', ['-u', mount]);
  }
}

const sshfs: ClientDriver = {
  name: 'sshfs',
  needs: { program: 'sshfs' },
  policy: 'modern',
  put: (login, local, remote) => mounted(login, `cp ${local} "$M${remote}"; cmp ${local} "$M${remote}"`),
  get: (login, remote, local) => mounted(login, `cp "$M${remote}" ${local}`),
  list: (login, folder) => mounted(login, `ls -la "$M${folder}"`),
  rename: (login, from, to) => mounted(login, `mv "$M${from}" "$M${to}"`),
  resume: (login, local, remote) =>
    mounted(login, `tail -c +$(($(stat -c %s "$M${remote}") + 1)) ${local} >> "$M${remote}"`),
};

export const CLIENT_DRIVERS: readonly ClientDriver[] = [
  openssh('OpenSSH sftp', []),
  openssh('OpenSSH sftp -B 261120 -R 128', ['-B', '261120', '-R', '128']),
  openssh('OpenSSH sftp, RekeyLimit=1M', ['-o', 'RekeyLimit=1M']),
  scp,
  lftp('lftp', []),
  lftp('lftp, temporary name', ['set xfer:use-temp-file yes', 'set xfer:temp-file-name *.part']),
  rclone,
  curl,
  psftp,
  pscp,
  python('Paramiko', 'paramiko'),
  python('AsyncSSH', 'asyncssh'),
  sshfs,
];

export interface Absence {
  readonly reason: string;
  /** Whether installing a package would help. */
  readonly installable: boolean;
}

/** Null when the client can be run here; otherwise what is missing. */
export function absenceOf({ needs }: ClientDriver): Absence | null {
  const name = 'program' in needs ? needs.program : `python3-${needs.module}`;
  const [file, ...args] =
    'program' in needs
      ? ['/bin/sh', '-c', `command -v ${needs.program}`]
      : ['/usr/bin/python3', '-c', `import ${needs.module}`];
  try {
    execFileSync(file, args, { stdio: 'ignore' });
  } catch {
    return { reason: `${name} is not installed`, installable: true };
  }
  try {
    if (name === 'sshfs') accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return { reason: '/dev/fuse cannot be used here', installable: false };
  }
}
