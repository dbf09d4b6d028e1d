/**
 * The daemon's life: start, readiness, signals, end. The first SIGTERM or SIGINT drains, a second one ends at once;
 * SIGHUP reloads, all or nothing. Resolves when it has stopped; it never ends the process itself.
 */
import { readPassedSockets } from '../adapters/systemd/read-passed-sockets';
import { createServiceNotifier } from '../adapters/systemd/service-notifier';
import { createLogger } from '../adapters/winston/create-logger';
import type { Config } from '../config/config';
import { escapeControls } from '../domain/escape-controls';
import { toFault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import { startDaemon, type StartedDaemon } from './compose';

/** Open uploads may go on this long after the first signal. */
const STOP_GRACE_MS = 10_000;
/** How often the service manager is told what the daemon does, when that changed. */
const STATUS_INTERVAL_MS = 2_000;

export interface ServeOptions {
  readonly config: Config;
  /** Reads the configuration again, for SIGHUP. @throws when it is not right */
  readonly reread: () => Config;
  /** Where the `ready` line and what to do next go. */
  readonly print: (line: string) => void;
  /** What the service manager passes on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How this program is called, for the commands that are printed. */
  readonly program: string;
}

/** `failed`: it could not start, or something did not stop cleanly, or it was told twice to stop. */
export async function serveDaemon(options: ServeOptions): Promise<'done' | 'failed'> {
  const { config, reread, print, env, program } = options;
  const log = createLogger(config.log);
  const manager = createServiceNotifier({
    env,
    pid: process.pid,
    onProblem: (message) => log.warn('service.unreachable', { message }),
  });
  log.info('daemon.start', { pid: process.pid, dataDir: config.dataDir, config: config.configPath });
  let daemon: StartedDaemon;
  try {
    daemon = await startDaemon(config, log, { sockets: readPassedSockets(env, process.pid) });
  } catch (error) {
    const fault = toFault(error);
    log.error('fault', { code: fault.code, message: fault.message });
    print(`cannot start: ${escapeControls(fault.message)}`);
    return 'failed';
  }
  announce(daemon, config, print, program);
  log.info('daemon.ready', { sftp: `${daemon.sftp.host}:${daemon.sftp.port}`, accounts: daemon.accounts });
  manager.ready(describeWork(daemon));
  const reporter = setInterval(() => manager.status(describeWork(daemon)), STATUS_INTERVAL_MS);
  return new Promise((resolve) => {
    const onReload = (): void => {
      manager.reloading();
      reloadDaemon(daemon, reread, log);
      manager.ready(describeWork(daemon));
    };
    let stopping = false;
    const onStop = (signal: NodeJS.Signals): void => {
      if (stopping) {
        resolve('failed');
        return;
      }
      stopping = true;
      log.info('daemon.drain', { signal });
      clearInterval(reporter);
      manager.stopping('finishing the work in hand');
      daemon.stop(STOP_GRACE_MS).then(
        () => {
          log.info('daemon.stop');
          resolve('done');
        },
        (error: unknown) => {
          log.error('fault', { code: 'S903', message: String(error) });
          resolve('failed');
        },
      );
    };
    process.on('SIGTERM', onStop);
    process.on('SIGINT', onStop);
    process.on('SIGHUP', onReload);
  });
}

function describeWork(daemon: StartedDaemon): string {
  const { waiting, inWork, connections } = daemon.load();
  const { host, port } = daemon.sftp;
  return `SFTP on ${host} port ${port}: ${connections} connected, ${inWork} batches in work, ${waiting} waiting`;
}

function reloadDaemon(daemon: StartedDaemon, reread: () => Config, log: Logger): void {
  try {
    daemon.reload(reread());
    log.info('daemon.reload');
  } catch (error) {
    log.error('daemon.reload-refused', { message: error instanceof Error ? error.message : String(error) });
  }
}

function announce(daemon: StartedDaemon, config: Config, print: (line: string) => void, program: string): void {
  const { host, port } = daemon.sftp;
  print(`SFTP      ${host} port ${port}`);
  print(`Host key  ${daemon.hostKeyFingerprint} (ED25519)`);
  if (daemon.http !== null) print(`Health    http://${daemon.http.host}:${daemon.http.port}/readyz, /metrics`);
  print(`Data      ${config.dataDir}`);
  if (daemon.accounts === 0) {
    print('No account yet. Next, with the public key of a laboratory:');
    print(`  ${program} sender add 81365677 --name "Lab" --email lab@example.org --key ~/.ssh/id_ed25519.pub`);
  } else {
    print(`Accounts  ${daemon.accounts}. Next: ${program} status`);
  }
  const health = daemon.http === null ? '' : ` http=${daemon.http.host}:${daemon.http.port}`;
  print(`ready sftp=${host}:${port}${health}`);
}
