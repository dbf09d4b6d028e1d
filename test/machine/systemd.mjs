/**
 * The built daemon under its units and a real systemd: readiness, status, reload, watchdog, restarts, the sandbox, with and
 * without sockets, host keys as credentials. What is printed is the transcript; ends with 1 at the first thing that does
 * not hold.
 *
 *   npm run test:systemd -- [--deb FILE] [--base DIR] [--suite NAME]
 *
 * The options are those of test:deb.
 */
import { parseArgs } from 'node:util';
import { createChecks, createMachine, eventually, findPackage, prepareSender } from './machine.mjs';

const { values: options } = parseArgs({
  options: { deb: { type: 'string' }, base: { type: 'string' }, suite: { type: 'string' } },
});
const CONFIG = '/etc/labdrop/labdrop.yaml';
const DROP_INS = '/etc/systemd/system/labdrop.service.d';
const EXAMPLES = '/usr/share/doc/labdrop/examples/labdrop.service.d';
const checks = createChecks();
const machine = await createMachine(options);
try {
  machine.copyIn(findPackage(options.deb), 'root/labdrop.deb');
  await machine.boot();
  machine.run('dpkg -i labdrop.deb');
  machine.run('systemctl --version | head -n 1');
  machine.run('systemctl start labdrop');
  const sender = prepareSender(machine);
  await isReadyWhenItSaysSo(sender);
  isShutIn();
  await reloads(sender);
  await staysDownWithAWrongConfiguration();
  await isStartedAgain(sender);
  await isKilledWhenItHangs(sender);
  await stopsInTime(sender);
  await worksBehindSockets(sender);
  await takesItsHostKeyAsACredential();
  purges();
  console.log(`\n${checks.count()} checks held`);
} finally {
  await machine.close();
}

async function isReadyWhenItSaysSo(sender) {
  machine.run('systemctl restart labdrop; curl -s http://127.0.0.1:9122/readyz');
  const ready = machine.read('systemctl restart labdrop; curl -s http://127.0.0.1:9122/readyz');
  checks.that('when systemctl comes back it is ready', ready.includes('"ready":true'), ready);
  checks.that('an upload is answered', (await sender.deliver('210510080500')) === 'ACCEPTED');
  machine.run('systemctl status labdrop --no-pager --lines 3');
  checks.that('it says what it does', /^SFTP on .* port 2222/.test(property('StatusText')), property('StatusText'));
}

/** What systemd made of the unit, seen on the running process. */
function isShutIn() {
  const pid = property('MainPID');
  const { output } = machine.run(`grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/${pid}/status`);
  checks.that(
    'no capability, no new one, a filter of system calls',
    /CapBnd:\s0+\nNoNewPrivs:\s1\nSeccomp:\s2/.test(output),
  );
  const look = (line) => machine.read(`nsenter -t ${pid} -m -- sh -c '${line}' 2>&1`);
  checks.that('the file system is read-only', /read-only/i.test(look('touch /usr/x; touch /etc/x')));
  checks.that('its own folder is not', look('touch /var/lib/labdrop/x && rm /var/lib/labdrop/x && echo ok') === 'ok');
  const asUser = 'setpriv --reuid=labdrop --regid=labdrop --clear-groups';
  checks.that("it does not see others' processes", look(`${asUser} ls -d /proc/1`).includes('No such file'));
  const { output: level } = machine.run('systemd-analyze security labdrop --no-pager | tail -n 1');
  checks.that('exposed at most 1.0', exposure(level) <= 1.0);
}

async function reloads(sender) {
  machine.run(`sed -i 's/level: info/level: debug/' ${CONFIG}`);
  machine.run('systemctl reload labdrop');
  checks.that('a reload is told', journal().includes('"daemon.reload"'));
  machine.run(`echo 'nonsense: 1' >> ${CONFIG}`);
  machine.run('systemctl reload labdrop', { expected: null });
  await eventually('the refusal', () => journal().includes('"daemon.reload-refused"'));
  checks.that('a wrong configuration is refused and changes nothing', property('ActiveState') === 'active');
  machine.run(`sed -i '/nonsense/d' ${CONFIG}`);
  machine.run('systemctl reload labdrop');
  checks.that('and uploads go on', (await sender.deliver('210510080501')) === 'DUPLICATE');
}

async function staysDownWithAWrongConfiguration() {
  machine.run(`cp ${CONFIG} kept; echo 'nonsense: 1' >> ${CONFIG}`);
  machine.run('systemctl restart labdrop', { expected: 1 });
  checks.that('it ends with 78', property('ExecMainStatus') === '78');
  machine.run('sleep 5; systemctl is-active labdrop', { expected: 3 });
  checks.that('and is not tried again', property('ActiveState') === 'failed' && property('NRestarts') === '0');
  machine.run(`cp kept ${CONFIG}; systemctl start labdrop`);
}

async function isStartedAgain(sender) {
  machine.run('systemctl kill --kill-whom=main --signal=KILL labdrop');
  await eventually('the next start', () => property('NRestarts') === '1' && property('ActiveState') === 'active');
  checks.that('killed, it is started again', true);
  checks.that('and answers', (await sender.deliver('210510080502')) === 'DUPLICATE');
}

async function isKilledWhenItHangs(sender) {
  machine.run(`mkdir -p ${DROP_INS}; printf '[Service]\\nWatchdogSec=4\\n' > ${DROP_INS}/test.conf`);
  machine.run('systemctl daemon-reload; systemctl restart labdrop');
  machine.run('sleep 8');
  checks.that('the watchdog is fed', property('NRestarts') === '0' && property('ActiveState') === 'active');
  machine.run('systemctl kill --kill-whom=main --signal=STOP labdrop');
  await eventually('the watchdog', () => property('NRestarts') === '1' && property('ActiveState') === 'active', 60_000);
  machine.run('journalctl -u labdrop -o cat | grep -i watchdog | tail -n 2');
  checks.that(
    'an event loop that hangs is killed and started again',
    (await sender.deliver('210510080503')) === 'DUPLICATE',
  );
  machine.run(`rm ${DROP_INS}/test.conf; systemctl daemon-reload; systemctl restart labdrop`);
}

/** With a client connected that does not go by itself. */
async function stopsInTime(sender) {
  machine.run(
    'mkfifo hold; (sftp -b hold -P 2222 -i id -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null lab@127.0.0.1 >/dev/null 2>&1 &); exec 9>hold; echo "ls" >&9; sleep 1; systemctl stop labdrop; exec 9>&-; rm hold',
  );
  checks.that('it stops by itself, in time', property('Result') === 'success' && property('ExecMainStatus') === '0');
  machine.run('systemctl start labdrop');
  checks.that('and goes on', (await sender.deliver('210510080504')) === 'DUPLICATE');
}

async function worksBehindSockets(sender) {
  machine.run('systemctl stop labdrop');
  machine.run(`cp ${EXAMPLES}/socket-activation.conf ${DROP_INS}/; systemctl daemon-reload`);
  machine.run('systemctl enable --now labdrop.socket labdrop-http.socket');
  checks.that('the ports are open before it runs', property('ActiveState') !== 'active');
  checks.that('the first connection starts it', (await sender.deliver('210510080505')) === 'DUPLICATE');
  const pid = property('MainPID');
  machine.run(`nsenter -t ${pid} -n ip -brief addr`);
  const network = (process) => machine.read(`readlink /proc/${process}/ns/net`);
  checks.that('it has no network but a loopback of its own', network(pid) !== network(1));
  const health = machine.run('curl -s http://127.0.0.1:9122/readyz').output;
  checks.that('health is answered', health.includes('"ready":true'));
  checks.that(
    "the clients' addresses are still known",
    /"sftp.login".*"address":"(::ffff:)?127\.0\.0\.1"/.test(journal()),
  );
  const { output: level } = machine.run('systemd-analyze security labdrop --no-pager | tail -n 1');
  checks.that('exposed at most 0.3', exposure(level) <= 0.3);
  machine.run('systemctl kill --kill-whom=main --signal=KILL labdrop');
  checks.that('killed: nobody is refused, the next one waits', (await sender.deliver('210510080506')) === 'DUPLICATE');
  machine.run('systemctl stop labdrop.socket labdrop-http.socket labdrop');
  machine.run(`systemctl disable labdrop.socket labdrop-http.socket; rm ${DROP_INS}/socket-activation.conf`);
  machine.run('systemctl daemon-reload');
}

async function takesItsHostKeyAsACredential() {
  machine.run(
    'mkdir -m 0700 /etc/labdrop/host_keys; ssh-keygen -q -t ed25519 -N "" -f /etc/labdrop/host_keys/ssh_host_ed25519_key',
  );
  machine.run(`cp ${EXAMPLES}/credentials.conf ${DROP_INS}/; systemctl daemon-reload; systemctl start labdrop`);
  const [given] = machine.read('cut -d" " -f2 /etc/labdrop/host_keys/ssh_host_ed25519_key.pub').split('\n');
  const seen = machine.run('ssh-keyscan -p 2222 -t ed25519 127.0.0.1 2>/dev/null').output;
  checks.that('it shows the key that systemd handed over', seen.includes(given), seen);
  const fingerprint = machine.read('ssh-keygen -lf /etc/labdrop/host_keys/ssh_host_ed25519_key.pub').split(' ')[1];
  checks.that('and so do connection sheets', machine.read('labdrop sender show lab').includes(fingerprint));
  machine.run('labdrop check');
}

function purges() {
  machine.run('systemctl start labdrop-purge.service');
  machine.run('journalctl -u labdrop-purge -o cat --no-pager | tail -n 5');
  checks.that('the purge runs in its unit', machine.read('systemctl show -P Result labdrop-purge') === 'success');
  machine.run('systemctl enable --now labdrop-purge.timer; systemctl list-timers --no-pager labdrop-purge.timer');
}

function property(name) {
  return machine.read(`systemctl show -P ${name} labdrop`);
}

function journal() {
  return machine.read('journalctl -u labdrop -o cat --no-pager');
}

function exposure(text) {
  return Number(/: ([\d.]+) /.exec(text)?.[1] ?? '10');
}
