/** The built program before `ssh-audit`: what it objects to under each policy, and that SECURITY.md gives the reasons. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltDaemon, type Home, makeHome, PROJECT_ROOT, startDaemon } from '../support/built-daemon';

const isInstalled = spawnSync('ssh-audit', ['--help']).error === undefined;
const judged = isInstalled || process.env.LABDROP_REQUIRE_CLIENTS === '1' ? test : test.skip;

/** A mark, not an algorithm, which older releases do not know yet: that, and no more, is objected to it. */
const MARK = 'kex-strict-s-v00@openssh.com';
const UNKNOWN = 'unknown algorithm';

const OBJECTIONS = {
  modern: [],
  compat: [
    'ecdh-sha2-nistp256: fail using weak elliptic curves',
    'ecdh-sha2-nistp384: fail using weak elliptic curves',
    'ecdh-sha2-nistp521: fail using weak elliptic curves',
    'ecdsa-sha2-nistp256: fail using weak elliptic curves',
    'ecdsa-sha2-nistp256: warn using weak random number generator could reveal the key',
    'hmac-sha2-256: warn using encrypt-and-MAC mode',
    'hmac-sha2-512: warn using encrypt-and-MAC mode',
  ],
} as const;

let home: Home;
let daemon: BuiltDaemon;

afterEach(async () => {
  await daemon.stop();
  home.remove();
});

async function start(policy: string): Promise<void> {
  home = makeHome();
  const config = readFileSync(home.configPath, 'utf8').replace('port: 0 }', `port: 0, policy: ${policy} }`);
  writeFileSync(home.configPath, config);
  daemon = await startDaemon(home);
}

function audit(...args: readonly string[]): { readonly status: number | null; readonly lines: readonly string[] } {
  const target = ['-n', '-p', String(daemon.port), '127.0.0.1'];
  const { status, stdout } = spawnSync('ssh-audit', [...args, ...target], { encoding: 'utf8' });
  // It colours some lines whatever it is told.
  return { status, lines: stdout.replaceAll(/\x1b\[[0-9;]*m/g, '').split('\n') };
}

/** Every failure and warning, as `algorithm: level reason`. */
function objections(lines: readonly string[]): readonly string[] {
  const found: string[] = [];
  let algorithm = '';
  for (const line of lines) {
    algorithm = /^\((?:kex|key|enc|mac)\) (\S+)/.exec(line)?.[1] ?? algorithm;
    const [, level, reason] = /\[(fail|warn)\] (.*\S)/.exec(line) ?? [];
    if (algorithm === MARK && level === 'warn' && reason === UNKNOWN) continue;
    if (level !== undefined) found.push(`${algorithm}: ${level} ${reason ?? ''}`);
  }
  return found;
}

describe.each(['modern', 'compat'] as const)('%s', (policy) => {
  judged('offers what its policy file says and nothing else', async () => {
    await start(policy);
    const { status, lines } = audit('-P', join(PROJECT_ROOT, `test/ssh-audit/${policy}.policy`));
    expect(lines.join('\n')).toContain('Passed');
    expect(status).toBe(0);
  });

  judged('gives cause for the known objections only', async () => {
    await start(policy);
    const { lines } = audit();
    expect(lines.join('\n')).toContain('ssh-ed25519');
    expect(objections(lines)).toEqual(OBJECTIONS[policy]);
    const security = readFileSync(join(PROJECT_ROOT, 'SECURITY.md'), 'utf8');
    expect(security).toContain(MARK);
    for (const objection of OBJECTIONS[policy]) expect(security).toContain(`\`${objection.split(':')[0] ?? ''}\``);
  });
});
