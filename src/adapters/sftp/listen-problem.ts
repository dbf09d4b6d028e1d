/** Why a port could not be opened, and what to do about it, for whoever starts the daemon. Pure. */

/** @param error what Node's `listen` failed with */
export function describeListenProblem(host: string, port: number, error: unknown): string {
  return `cannot listen on ${host} port ${port}: ${reason(port, error)}`;
}

function reason(port: number, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return `another program does (EADDRINUSE); ss -ltnp 'sport = :${port}' shows which`;
    case 'EADDRNOTAVAIL':
      return 'no interface of this machine has that address (EADDRNOTAVAIL); correct sftp.host';
    case 'EACCES':
      return 'this user may not open that port (EACCES); take one from 1024 up, or have systemd open it: labdrop.socket';
    default:
      return message;
  }
}
