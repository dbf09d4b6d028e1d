/**
 * The Debian package on a machine of its own that reaches nothing: installed, used, upgraded to a version with other
 * tables, gone back from, removed, purged. What is printed is the transcript; ends with 1 at the first thing that does not
 * hold.
 *
 *   npm run test:deb -- [--deb FILE] [--base DIR] [--suite NAME]
 *
 * --deb    the package; without it one is built
 * --base   a Debian root to start from, made when it is not there and kept; without it one is made and thrown away
 * --suite  of Debian: bookworm
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createChecks, createMachine, findPackage, prepareSender } from './machine.mjs';

const { values: options } = parseArgs({
  options: { deb: { type: 'string' }, base: { type: 'string' }, suite: { type: 'string' } },
});
const STORE = '/var/lib/labdrop/labdrop.db';
const checks = createChecks();
const scratch = mkdtempSync(join(tmpdir(), 'labdrop-test-deb-'));
const packagePath = findPackage(options.deb);
const machine = await createMachine(options);
try {
  const later = buildLater();
  machine.copyIn(packagePath, 'root/now.deb');
  machine.copyIn(later, 'root/later.deb');
  await machine.boot();
  installs();
  const sender = prepareSenderOnRunning();
  await takesAnUpload(sender);
  await upgrades(sender);
  await goesBack(sender);
  removesAndPurges();
  checkWithLintian();
  console.log(`\n${checks.count()} checks held`);
} finally {
  await machine.close();
  rmSync(scratch, { recursive: true });
}

function checkWithLintian() {
  const args = ['--allow-root', '--fail-on', 'error,warning', packagePath];
  const { status, stdout, stderr } = spawnSync('lintian', args, { encoding: 'utf8' });
  checks.that('lintian has nothing to say', status === 0 && stdout === '', `${stdout}${stderr}`);
}

/** The same package as version 99, with one more migration and a changed configuration file. */
function buildLater() {
  const folder = join(scratch, 'later');
  execFileSync('dpkg-deb', ['-R', packagePath, folder]);
  const change = (path, from, to) => {
    const text = readFileSync(join(folder, path), 'utf8');
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    writeFileSync(join(folder, path), text.replace(from, to));
  };
  change(
    'DEBIAN/control',
    /^Version: .*$/m.exec(readFileSync(join(folder, 'DEBIAN/control'), 'utf8'))[0],
    'Version: 99-1',
  );
  const migration = "{ version: 99, sql: 'ALTER TABLE batches ADD COLUMN colour TEXT' }";
  const before = '\nfunction migrate(';
  change(
    'usr/lib/labdrop/dist/adapters/sqlite/migrate.js',
    before,
    `\nexports.MIGRATIONS.push(${migration});${before}`,
  );
  change('etc/labdrop/labdrop.yaml', '# labdrop.yaml(5)', '# A later file. labdrop.yaml(5)');
  const path = join(scratch, 'later.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', folder, path], { stdio: 'ignore' });
  return path;
}

function installs() {
  checks.that(
    'the machine has no Node and no network',
    machine.read('command -v node; ip -o link | grep -v lo:') === '',
  );
  machine.run('dpkg -i now.deb');
  machine.run('labdrop --version');
  machine.run('id labdrop; ls -ld /etc/labdrop /etc/labdrop/* /var/lib/labdrop');
  checks.that('the user is there', machine.read('id -nu labdrop') === 'labdrop');
  const modes = machine.read('stat -c "%a %U %G" /etc/labdrop /etc/labdrop/senders /var/lib/labdrop');
  checks.that('the folders belong to it', modes === '750 root labdrop\n750 root labdrop\n700 labdrop labdrop', modes);
  checks.that('the unit is there and not started', machine.read('systemctl is-active labdrop') === 'inactive');
  checks.that('nor enabled', machine.read('systemctl is-enabled labdrop') === 'disabled');
  machine.run('labdrop check');
  machine.run("su -s /bin/sh nobody -c 'cat /etc/labdrop/labdrop.yaml'", { expected: 1 });
  machine.run('systemctl enable --now labdrop');
  checks.that('it runs', machine.read('systemctl is-active labdrop') === 'active');
}

function prepareSenderOnRunning() {
  const sender = prepareSender(machine);
  const owner = machine.read('stat -c "%a %G" /etc/labdrop/senders/lab.yaml');
  checks.that('the account file can be read by the daemon alone', owner === '640 labdrop', owner);
  return sender;
}

async function takesAnUpload(sender) {
  checks.that('an upload is answered', (await sender.deliver('210510080500')) === 'ACCEPTED');
  machine.run('labdrop batches');
  machine.run('labdrop status');
  machine.run('labdrop check');
}

async function upgrades(sender) {
  machine.run("sed -i 's/level: info/level: debug/' /etc/labdrop/labdrop.yaml");
  machine.run('dpkg -i --force-confdef --force-confold later.deb');
  checks.that(
    "the administrator's configuration stays",
    machine.read('grep -c "level: debug" /etc/labdrop/labdrop.yaml') === '1',
  );
  checks.that('the new one lies beside it', machine.has('etc/labdrop/labdrop.yaml.dpkg-dist'));
  checks.that('it runs again', machine.read('systemctl is-active labdrop') === 'active');
  machine.run('journalctl -u labdrop -o cat | grep store.copy');
  machine.run(`ls -l /var/lib/labdrop`);
  checks.that('the store has the new tables', version(STORE) === '99');
  checks.that('and was copied before', version(`${STORE}.before-99`) === versionBefore());
  machine.run(`labdrop backup --verify ${STORE}.before-99`);
  checks.that('the data is still there', machine.read(`sqlite3 ${STORE} 'SELECT count(*) FROM batches'`) === '1');
  checks.that('what came before is known', (await sender.deliver('210510080501')) === 'DUPLICATE');
  machine.run('labdrop check');
}

/** The highest version of the copied store is what the program knew until then. */
function versionBefore() {
  return machine.read(
    `cd /usr/lib/labdrop; bin/node -p "require('./dist/adapters/sqlite/migrate').MIGRATIONS.at(-2).version"`,
  );
}

/** As docs/operations.md says. */
async function goesBack(sender) {
  machine.run('dpkg -i --force-confdef --force-confold now.deb', { expected: null });
  await eventuallyRefused();
  machine.run('systemctl stop labdrop');
  machine.run('cd /var/lib/labdrop; mkdir -m 0700 /root/aside; mv labdrop.db* /root/aside/');
  machine.run(`install -o labdrop -g labdrop -m 0600 /root/aside/labdrop.db.before-99 ${STORE}`);
  machine.run('labdrop check', { expected: null });
  machine.run('systemctl start labdrop');
  checks.that('the old program has its store back', version(STORE) === version('/root/aside/labdrop.db.before-99'));
  checks.that('and answers', (await sender.deliver('210510080502')) === 'DUPLICATE');
}

async function eventuallyRefused() {
  const { output } = machine.run('journalctl -u labdrop -o cat | grep "cannot start" | tail -n 1');
  checks.that('the old program refuses the newer store', output.includes('made by a newer program'), output);
}

function removesAndPurges() {
  machine.run('dpkg -r labdrop');
  checks.that('removed: it does not run', machine.read('systemctl is-active labdrop') !== 'active');
  checks.that('removed: the program is gone', !machine.has('usr/lib/labdrop') && !machine.has('usr/bin/labdrop'));
  checks.that('removed: the data stays', machine.has('var/lib/labdrop/labdrop.db'));
  checks.that('removed: the accounts stay', machine.has('etc/labdrop/senders/lab.yaml'));
  machine.run('dpkg -P labdrop');
  const left = machine.read(
    "find / -xdev -name '*labdrop*' -not -path '/proc/*' -not -path '/sys/*' -not -path '/root/*' -not -path '/var/log/*' -not -path '/tmp/*'",
  );
  checks.that('purged: nothing is left', left === '', left);
  machine.run('systemctl --failed --no-legend');
}

function version(path) {
  return machine.read(`sqlite3 ${path} 'PRAGMA user_version'`);
}
