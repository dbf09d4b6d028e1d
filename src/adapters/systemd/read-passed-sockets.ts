/**
 * Sockets that the service manager opened and passed on (socket activation): then the daemon needs no network of its
 * own. They are told by the name that their unit gives them with `FileDescriptorName=`.
 * @see sd_listen_fds(3)
 */
export interface PassedSockets {
  /** File descriptor of the SFTP port: the one called `sftp`, else the first without a name of ours; null when none is passed. */
  readonly sftp: number | null;
  /** The one called `http`. */
  readonly http: number | null;
}

const FIRST_FD = 3;

/** Looks at the environment alone; sockets that are meant for another process are not ours. */
export function readPassedSockets(env: Readonly<Record<string, string | undefined>>, pid: number): PassedSockets {
  const count = Number(env['LISTEN_FDS'] ?? '0');
  if (env['LISTEN_PID'] !== String(pid) || !Number.isInteger(count) || count < 1) return { sftp: null, http: null };
  const names = (env['LISTEN_FDNAMES'] ?? '').split(':');
  const sockets = Array.from({ length: count }, (_, index) => ({ fd: FIRST_FD + index, name: names[index] ?? '' }));
  const http = sockets.find(({ name }) => name === 'http') ?? null;
  const sftp = sockets.find(({ name }) => name === 'sftp') ?? sockets.find((socket) => socket !== http) ?? null;
  return { sftp: sftp?.fd ?? null, http: http?.fd ?? null };
}
