/**
 * The two servers that `sftp.mjs` compares: the built daemon, and OpenSSH's `sftp-server` behind a `sshd` of its own on
 * loopback, with a key of its own and every limit out of the way. Both store below the same temporary folder.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sleep, startDaemon } from '../flood/daemon.mjs';

const SSHD = '/usr/sbin/sshd';
const SFTP_SERVER = '/usr/lib/openssh/sftp-server';
const ACCOUNT = 'bench';
/** Another account of ours, for batches that are validated meanwhile. */
export const BUSY = { account: 'busy', sender: '71099911' };

/** A folder that OpenSSH's server stores in; the client asks for it by its whole path. */
export async function startOpenSsh() {
  const home = mkdtempSync(join(tmpdir(), 'labdrop-bench-sshd-'));
  for (const key of ['host_key', 'id']) {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, key)]);
  }
  const port = await freePort();
  const settings = {
    Port: port,
    ListenAddress: '127.0.0.1',
    HostKey: join(home, 'host_key'),
    AuthorizedKeysFile: join(home, 'id.pub'),
    PidFile: 'none',
    StrictModes: 'no',
    UsePAM: 'no',
    PermitRootLogin: 'yes',
    PasswordAuthentication: 'no',
    MaxStartups: '500',
    MaxSessions: '500',
    LogLevel: 'ERROR',
    Subsystem: `sftp ${SFTP_SERVER}`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  writeFileSync(join(home, 'sshd_config'), `${lines.join('\n')}\n`);
  mkdirSync(join(home, 'files'));
  if (process.getuid() === 0) mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(SSHD, ['-D', '-e', '-f', join(home, 'sshd_config')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const server = {
    name: 'OpenSSH',
    pid: child.pid,
    login: { port, user: userInfo().username, key: join(home, 'id') },
    /** What the client calls the folder that files go to and come from, and where that lies on disk. */
    upload: { remote: join(home, 'files'), disk: join(home, 'files') },
    download: { remote: join(home, 'files'), disk: join(home, 'files') },
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
  for (
    let tries = 0;
    spawnSync('sftp', [...clientOptions(server.login), '-b', '/dev/null', target(server.login)]).status !== 0;
    tries++
  ) {
    if (tries > 50) throw new Error('sshd does not answer');
    await sleep(100);
  }
  return server;
}

export async function startOurs() {
  const daemon = await startDaemon({ [ACCOUNT]: '81365677', [BUSY.account]: BUSY.sender });
  const key = join(daemon.home, 'id');
  writeFileSync(key, daemon.privateKey);
  chmodSync(key, 0o600);
  mkdirSync(join(daemon.drop(ACCOUNT), 'reports'), { recursive: true });
  return {
    name: 'labdrop',
    pid: daemon.pid,
    daemon,
    login: { port: daemon.port, user: ACCOUNT, key },
    upload: { remote: '/', disk: daemon.drop(ACCOUNT) },
    download: { remote: '/reports', disk: join(daemon.drop(ACCOUNT), 'reports') },
    stop: daemon.stop,
  };
}

/** Options of OpenSSH's `sftp`. */
export function clientOptions(login, cipher = null) {
  const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR'];
  if (cipher !== null) settings.push(`Ciphers=${cipher}`);
  return ['-q', '-F', 'none', '-i', login.key, '-P', String(login.port), ...settings.flatMap((it) => ['-o', it])];
}

export const target = (login) => `${login.user}@127.0.0.1`;

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
