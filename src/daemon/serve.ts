/**
 * The daemon's life: start, readiness, signals, end. The first SIGTERM or SIGINT drains, or ends a start that is under
 * way; a second one ends at once. SIGHUP reloads, all or nothing, as soon as it is ready. Resolves when it has stopped;
 * it never ends the process itself.
 */
import { once } from 'node:events';
import { CatalogueProblem } from '../adapters/schemas/catalogue-problem';
import { readPassedSockets } from '../adapters/systemd/read-passed-sockets';
import { createServiceNotifier, type ServiceNotifier } from '../adapters/systemd/service-notifier';
import { createLogger, type LeveledLogger } from '../adapters/winston/create-logger';
import type { Config } from '../config/config';
import { escapeControls } from '../domain/escape-controls';
import { toFault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import { countText } from '../domain/count-text';
import { startDaemon, type StartedDaemon } from './compose';
import { ownerHint } from './owner-hint';
import { prepareSendersFolder } from './senders-folder';

/** Open uploads may go on this long after the first signal. */
const STOP_GRACE_MS = 10_000;
/** How often the service manager is told what the daemon does, when that changed. */
const STATUS_INTERVAL_MS = 2_000;

export interface StopRequests {
  /** Aborted when the daemon is to stop; the signal's name is the reason. */
  readonly first: AbortSignal;
  /** Aborted when it is to end at once. */
  readonly second: AbortSignal;
}

export interface ReloadRequests {
  /** Calls `reload` for each request from now on, and at once when there were any before. */
  answer(reload: () => void): void;
}

export interface ServeOptions {
  readonly config: Config;
  /** Reads the configuration again, for SIGHUP. @throws when it is not right */
  readonly reread: () => Config;
  /** Where the `ready` line and what to do next go. */
  readonly print: (line: string) => void;
  /** What the service manager passes on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stops: StopRequests;
  readonly reloads: ReloadRequests;
  /** How this program is called, for the commands that are printed. */
  readonly program: string;
}

/**
 * `failed`: it could not start, or something did not stop cleanly, or it was told twice to stop. `misconfigured`: the
 * schemas cannot be used, and another try would change nothing.
 */
export type ServeEnd = 'done' | 'failed' | 'misconfigured';

export async function serveDaemon(options: ServeOptions): Promise<ServeEnd> {
  const { config, env, stops } = options;
  const log = createLogger(config.log);
  const manager = createServiceNotifier({
    env,
    pid: process.pid,
    onProblem: (message) => log.warn('service.unreachable', { message }),
  });
  return new Promise((resolve) => {
    const { first, second } = stops;
    whenAborted(first, () => {
      log.info('daemon.drain', { signal: String(first.reason) });
      manager.stopping('finishing the work in hand');
    });
    whenAborted(second, () => resolve('failed'));
    run(options, { log, manager, stop: first }).then(resolve, (error: unknown) => {
      const { code, message } = toFault(error);
      log.error('fault', { code, message });
      resolve('failed');
    });
  });
}

function whenAborted(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then();
  else signal.addEventListener('abort', then);
}

interface Surroundings {
  readonly log: LeveledLogger;
  readonly manager: ServiceNotifier;
  /** Aborted when the daemon is to stop. */
  readonly stop: AbortSignal;
}

async function run(options: ServeOptions, { log, manager, stop }: Surroundings): Promise<ServeEnd> {
  const { config, reread, print, env, program, reloads } = options;
  log.info('daemon.start', { pid: process.pid, dataDir: config.dataDir, config: config.configPath });
  manager.status('starting: the store, and what was in work');
  let daemon: StartedDaemon;
  try {
    stop.throwIfAborted();
    prepareSendersFolder(config);
    daemon = await startDaemon(config, log, {
      sockets: readPassedSockets(env, process.pid),
      credentialsDir: env['CREDENTIALS_DIRECTORY'] ?? null,
      stop,
    });
  } catch (error) {
    if (stop.aborted) return stopped(log);
    const fault = toFault(error);
    log.error('fault', { code: fault.code, message: fault.message });
    print(`cannot start: ${fault.message.split('\n').map(escapeControls).join('\n')}`);
    const hint = ownerHint(fault.message, config.dataDir, process.geteuid?.() ?? 0);
    if (hint !== null) print(escapeControls(hint));
    manager.status(`cannot start: ${escapeControls(fault.message)}`);
    return error instanceof CatalogueProblem ? 'misconfigured' : 'failed';
  }
  if (!stop.aborted) {
    announce(daemon, config, print, program);
    log.info('daemon.ready', { sftp: `${daemon.sftp.host}:${daemon.sftp.port}`, accounts: daemon.accounts });
    manager.ready(describeWork(daemon));
    reloads.answer(() => {
      manager.reloading();
      log.setLevel(daemon.reload(reread).log.level);
      manager.ready(describeWork(daemon));
    });
    const reporter = setInterval(() => manager.status(describeWork(daemon)), STATUS_INTERVAL_MS);
    await once(stop, 'abort');
    clearInterval(reporter);
  }
  await daemon.stop(STOP_GRACE_MS);
  return stopped(log);
}

function stopped(log: Logger): 'done' {
  log.info('daemon.stop');
  return 'done';
}

function describeWork(daemon: StartedDaemon): string {
  const { waiting, inWork, connections } = daemon.load();
  const { host, port } = daemon.sftp;
  return `SFTP on ${host} port ${port}: ${connections} connected, ${countText(inWork, 'batch', 'batches')} in work, ${waiting} waiting`;
}

function announce(daemon: StartedDaemon, config: Config, print: (line: string) => void, program: string): void {
  const { host, port } = daemon.sftp;
  print(`SFTP      ${host} port ${port}`);
  print(`Host key  ${daemon.hostKeyFingerprint} (ED25519)`);
  if (daemon.http !== null) print(`Health    http://${daemon.http.host}:${daemon.http.port}/readyz, /metrics`);
  else if (config.http.port !== null) {
    print(
      `Health    none: ${config.http.host} port ${config.http.port} cannot be listened on; ${program} check says more`,
    );
  }
  print(`Data      ${config.dataDir}`);
  if (daemon.accounts === 0 && daemon.accountProblems > 0) {
    print(`Accounts  none that can be used: nobody can log in; ${program} check says why`);
  } else if (daemon.accounts === 0) {
    print('No account yet. Next, with the public key of a laboratory:');
    print(`  ${program} sender add 81365677 --name "Lab" --email lab@example.org --key ~/.ssh/id_ed25519.pub`);
  } else {
    print(`Accounts  ${daemon.accounts}. Next: ${program} status`);
  }
  const health = daemon.http === null ? '' : ` http=${daemon.http.host}:${daemon.http.port}`;
  print(`ready sftp=${host}:${port}${health}`);
}
