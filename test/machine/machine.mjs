/**
 * A Debian machine of its own for a while: a debootstrapped root, booted by systemd-nspawn with its systemd as process 1
 * and no network but its loopback. Commands are run in it and, with what they print, make the transcript. Needs root,
 * debootstrap and systemd-container.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const PROJECT = resolve(fileURLToPath(import.meta.url), '../../..');
const NSPAWN_STATE = '/run/systemd/nspawn';
const BOOT_MS = 90_000;
const PACKAGES = 'systemd,systemd-sysv,openssh-client,sqlite3,curl,iproute2,procps';

/**
 * @param base folder of a Debian root that is kept for the next time, or undefined
 * @param suite of Debian
 */
export async function createMachine({ base, suite = 'bookworm' }) {
  if (process.getuid() !== 0) throw new Error('a machine needs root');
  const folder = mkdtempSync(join(tmpdir(), 'labdrop-machine-'));
  const root = join(folder, 'root');
  const kept = base === undefined ? join(folder, 'base') : resolve(base);
  if (!existsSync(join(kept, 'usr/bin/dpkg'))) bootstrap(kept, suite);
  execFileSync('cp', ['-a', '--reflink=auto', kept, root]);
  mountNspawnState();
  let container = null;
  let leader = null;

  async function boot() {
    container = spawn(
      'systemd-nspawn',
      ['--quiet', '--boot', '--register=no', '--keep-unit', '--private-network', `--directory=${root}`],
      { stdio: 'ignore', env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' } },
    );
    const deadline = Date.now() + BOOT_MS;
    while (Date.now() < deadline) {
      leader = leaderOf(container.pid);
      if (leader !== null) {
        const { stdout } = inside(['systemctl', 'is-system-running']);
        if (stdout.trim() === 'running' || stdout.trim() === 'degraded') return;
      }
      await sleep(200);
    }
    throw new Error('the machine did not boot');
  }

  function inside(args, input) {
    const { status, stdout, stderr } = spawnSync('nsenter', ['-t', leader, '-a', ...args], {
      encoding: 'utf8',
      input: input ?? '',
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        LC_ALL: 'C.UTF-8',
        HOME: '/root',
        DEBIAN_FRONTEND: 'noninteractive',
      },
    });
    return { status, stdout, stderr };
  }

  /** Runs a line of shell; what it prints goes to the transcript. `expected` null takes any status. */
  function run(line, { expected = 0, input } = {}) {
    console.log(`# ${line}`);
    const { status, stdout, stderr } = inside(['sh', '-c', `cd /root; ${line}`], input);
    const output = `${stdout}${stderr}`.trimEnd();
    if (output !== '') console.log(output);
    if (status !== 0) console.log(`(status ${status})`);
    if (expected !== null && status !== expected) throw new Error(`${line}: status ${status}, expected ${expected}`);
    return { status, output };
  }

  /** What a line prints, without a word in the transcript. */
  function read(line) {
    return inside(['sh', '-c', `cd /root; ${line}`]).stdout.trim();
  }

  async function close() {
    if (container !== null && container.exitCode === null) {
      const ended = once(container, 'exit');
      spawnSync('nsenter', ['-t', leader ?? '0', '-a', 'systemctl', 'poweroff', '--force']);
      const late = setTimeout(() => container.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(late);
    }
    rmSync(folder, { recursive: true, force: true });
  }

  return {
    boot,
    run,
    read,
    close,
    write: (path, text) => writeFileSync(join(root, path), text),
    copyIn: (from, to) => cpSync(from, join(root, to), { recursive: true }),
    has: (path) => existsSync(join(root, path)),
  };
}

/** Counts what holds; the first thing that does not ends the run. */
export function createChecks() {
  let count = 0;
  return {
    that(what, holds, shown = '') {
      if (!holds) throw new Error(`does not hold: ${what}${shown === '' ? '' : `\n${shown}`}`);
      count += 1;
      console.log(`   ok: ${what}`);
    },
    count: () => count,
  };
}

/** Asks again until it holds. */
export async function eventually(what, holds, ms = 30_000) {
  const deadline = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await sleep(100);
  }
}

/** The package that was named, or one that is built now. */
export function findPackage(given) {
  if (given !== undefined) return resolve(given);
  const folder = mkdtempSync(join(tmpdir(), 'labdrop-package-'));
  const output = execFileSync('npm', ['run', '--silent', 'deb', '--', '--output', folder], {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  return output.trim().split('\n').at(-1);
}

/** An account, its key, and example files in /root. */
export function prepareSender(machine, { port = 2222 } = {}) {
  machine.run('ssh-keygen -q -t ed25519 -N "" -f id');
  machine.run('labdrop sender add 81365677 --account lab --name Lab --email lab@example.org --key id.pub');
  const examples = join(PROJECT, 'schemas/covid19');
  const right = '81365677_LaboratoryTestResult_210510080500';
  machine.copyIn(join(examples, `examples/${right}.csv`), `root/${right}.csv`);
  machine.write('root/marker', '');
  const options = '-i id -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
  const sftp = (commands, expected = 0) =>
    machine.run(`sftp -b - -P ${port} ${options} lab@127.0.0.1 <<'END'\n${commands.join('\n')}\nEND`, { expected });
  return {
    sftp,
    /** Uploads the example under a name of its own, and waits for the answer. @returns the outcome */
    async deliver(stamp) {
      const name = `81365677_LaboratoryTestResult_${stamp}`;
      sftp([`put ${right}.csv ${name}.csv`, `put marker ${name}.ok`]);
      const reports = '/var/lib/labdrop/accounts/lab/reports';
      await eventually(`the answer to ${name}`, () => machine.has(`${reports}/${name}.report.ok`));
      const { output } = sftp([`ls reports/${name}.*`]);
      const [, outcome] = /\.(ACCEPTED|PARTIAL|REJECTED|DUPLICATE)\.txt/.exec(output) ?? [];
      return outcome;
    },
  };
}

function bootstrap(folder, suite) {
  console.log(`# debootstrap --variant=minbase --include=${PACKAGES} ${suite}`);
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  execFileSync('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, suite, unfinished], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(unfinished, folder);
}

/** systemd-nspawn keeps its state there, and wants it to be a mount of its own. */
function mountNspawnState() {
  mkdirSync(NSPAWN_STATE, { recursive: true });
  if (spawnSync('mountpoint', ['-q', NSPAWN_STATE]).status !== 0) {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', NSPAWN_STATE]);
  }
}

/** Process 1 of the machine, as this machine sees it; null as long as there is none. */
function leaderOf(pid) {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return child === undefined || child === '' ? null : child;
  } catch {
    return null;
  }
}
