/**
 * Tells the service manager how the daemon is (sd_notify): ready, what it does, that its event loop turns. Without a
 * NOTIFY_SOCKET every call does nothing. A message that cannot be sent costs the message, never the daemon: systemd
 * itself acts on its missing.
 * @see sd_notify(3), sd_watchdog_enabled(3)
 */
import type * as UnixSockets from 'node-unix-socket';

export interface ServiceNotifier {
  /** The start is over: it takes uploads. Begins to feed the watchdog where one is set. */
  ready(status: string): void;
  /** A line for `systemctl status`. */
  status(text: string): void;
  reloading(): void;
  stopping(status: string): void;
  close(): void;
}

export interface ServiceNotifierOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Called once when messages cannot be sent. */
  readonly onProblem: (message: string) => void;
}

export function createServiceNotifier({ env, pid, onProblem }: ServiceNotifierOptions): ServiceNotifier {
  const path = notifyPath(env['NOTIFY_SOCKET']);
  const watchdogMs = watchdogInterval(env, pid);
  let socket: UnixSockets.DgramSocket | null = null;
  let broken = path === null;
  let timer: NodeJS.Timeout | null = null;
  let lastStatus = '';

  function fail(error: unknown): void {
    if (broken) return;
    broken = true;
    onProblem(error instanceof Error ? error.message : String(error));
  }

  function send(lines: readonly string[]): void {
    if (broken || path === null) return;
    try {
      socket ??= openSocket(fail);
      const message = Buffer.from(lines.join('\n'));
      socket.sendTo(message, 0, message.length, path, (error) => {
        if (error !== undefined) fail(error);
      });
    } catch (error) {
      fail(error);
    }
  }

  function feed(): void {
    send(['WATCHDOG=1']);
  }

  return {
    ready: (status) => {
      lastStatus = status;
      send(['READY=1', statusLine(status)]);
      if (watchdogMs !== null && timer === null && path !== null) {
        feed();
        timer = setInterval(feed, watchdogMs);
        timer.unref();
      }
    },
    status: (text) => {
      if (text === lastStatus) return;
      lastStatus = text;
      send([statusLine(text)]);
    },
    reloading: () => send(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]),
    stopping: (status) => send(['STOPPING=1', statusLine(status)]),
    close: () => {
      if (timer !== null) clearInterval(timer);
      broken = true;
      socket?.close();
      socket = null;
    },
  };
}

/** Loaded only under a service manager: the package has no build for every machine. */
function openSocket(fail: (error: unknown) => void): UnixSockets.DgramSocket {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- on demand, as said above
  const { DgramSocket } = require('node-unix-socket') as typeof UnixSockets;
  const socket = new DgramSocket();
  socket.on('error', fail);
  return socket;
}

/** An absolute path, or an abstract name written with `@`; null without one. */
function notifyPath(value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  return value.startsWith('@') ? `\0${value.slice(1)}` : value;
}

/** Half of what systemd waits; null when no watchdog is set for this process. */
function watchdogInterval(env: Readonly<Record<string, string | undefined>>, pid: number): number | null {
  const micros = Number(env['WATCHDOG_USEC'] ?? '');
  const meant = env['WATCHDOG_PID'] ?? String(pid);
  if (!Number.isFinite(micros) || micros <= 0 || meant !== String(pid)) return null;
  return Math.max(1, Math.floor(micros / 2000));
}

function statusLine(text: string): string {
  return `STATUS=${text.replace(/[\r\n]+/g, ' ')}`;
}
