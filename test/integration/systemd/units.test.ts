/** The unit files as systemd itself reads them: `systemd-analyze verify` and `security`, on a root of their own. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const UNITS = resolve(__dirname, '../../../systemd');
const DROP_IN = 'labdrop.service.d/socket-activation.conf';

let root: string;
let units: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'labdrop-units-'));
  units = join(root, 'etc/systemd/system');
  mkdirSync(join(units, 'labdrop.service.d'), { recursive: true });
  cpSync('/usr/lib/systemd/system', join(root, 'usr/lib/systemd/system'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const program of ['usr/bin/labdrop', 'bin/kill']) {
    mkdirSync(join(root, program, '..'), { recursive: true });
    writeFileSync(join(root, program), '#!/bin/sh\n', { mode: 0o755 });
  }
  for (const name of readdirSync(UNITS).filter((file) => /\.(service|socket|timer)$/.test(file))) {
    copyFileSync(join(UNITS, name), join(units, name));
  }
});

afterAll(() => rmSync(root, { recursive: true }));

afterEach(() => rmSync(join(units, DROP_IN), { force: true }));

function useDropIn(): void {
  copyFileSync(join(UNITS, DROP_IN), join(units, DROP_IN));
}

function analyze(args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('systemd-analyze', [`--root=${root}`, '--no-pager', ...args], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { status, output: `${stdout}${stderr}` };
}

/** Exposure, 0 to 10. */
function exposure(unit: string): number {
  const { output } = analyze(['security', '--offline=true', unit]);
  const [, level] = /Overall exposure level for \S+: ([\d.]+)/.exec(output) ?? [];
  if (level === undefined) throw new Error(output);
  return Number(level);
}

const NAMES = readdirSync(UNITS).filter((file) => /\.(service|socket|timer)$/.test(file));

it.each(NAMES)('%s is what systemd understands', (name) => {
  expect(analyze(['verify', '--man=no', name])).toEqual({ status: 0, output: '' });
});

it('verify would tell of a wrong directive', () => {
  const path = join(units, 'labdrop-wrong.service');
  writeFileSync(path, readFileSync(join(UNITS, 'labdrop.service'), 'utf8').replace('KillMode=mixed', 'KillMod=mixed'));
  const { output } = analyze(['verify', '--man=no', 'labdrop-wrong.service']);
  rmSync(path);
  expect(output).toContain('KillMod');
});

it('the drop-in is what systemd understands', () => {
  useDropIn();
  expect(analyze(['verify', '--man=no', 'labdrop.service'])).toEqual({ status: 0, output: '' });
});

it('the service that opens its own ports is exposed at most 1.0', () => {
  expect(exposure('labdrop.service')).toBeLessThanOrEqual(1.0);
});

it('the service whose ports are opened for it is exposed at most 0.3', () => {
  useDropIn();
  expect(exposure('labdrop.service')).toBeLessThanOrEqual(0.3);
});

it('the guide says why each thing is open that systemd counts', () => {
  const { output } = analyze(['security', '--offline=true', 'labdrop.service']);
  const open = [...output.matchAll(/^✗ ([^\s/]+)/gm)].map(([, name]) => name!.replace(/^.*~AF_\(?(\w+).*$/, 'AF_$1'));
  const guide = readFileSync(resolve(UNITS, '../docs/operations.md'), 'utf8');
  expect(open.length).toBeGreaterThan(3);
  expect(open.filter((name) => !guide.includes(`\`${name}`))).toEqual([]);
});

it('a wrong configuration is not tried again, everything else is', () => {
  const text = readFileSync(join(UNITS, 'labdrop.service'), 'utf8');
  for (const line of [
    'RestartPreventExitStatus=78',
    'Restart=always',
    'Type=notify',
    'KillMode=mixed',
    'WatchdogSec=30',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

it('the nightly purge, which speaks with nobody, is exposed at most 0.3', () => {
  expect(exposure('labdrop-purge.service')).toBeLessThanOrEqual(0.3);
});
