/**
 * Refuses what a client may ask for beside SFTP: programs, terminals, forwarding in both directions. ssh2 would refuse
 * most of it too, but without a word to the operator. Variables of the environment (`env`) are left to ssh2: honest
 * clients send them unasked.
 */
import type { Connection as SshConnection, Session } from 'ssh2';
import { printable } from './printable';

/** @param detail what was asked for, printable; null where the operation says it */
type Refuse = (operation: string, detail: string | null) => void;
type Reject = (() => void) | undefined;
type Requests = {
  on(event: string, listener: (accept: unknown, reject: Reject, ...rest: unknown[]) => void): void;
};

/** Channels and ports for other programs. */
export function refuseForwarding(client: SshConnection, refuse: Refuse): void {
  for (const event of ['tcpip', 'openssh.streamlocal']) {
    (client as Requests).on(event, (_accept, reject) => {
      refuse('forwarding', null);
      reject?.();
    });
  }
  client.on('request', (_accept, reject: Reject, name) => {
    refuse('forwarding', name);
    reject?.();
  });
}

/** Whatever else a session channel can carry. */
export function refusePrograms(session: Session, refuse: Refuse): void {
  for (const event of ['shell', 'pty', 'x11', 'auth-agent']) {
    (session as Requests).on(event, (_accept, reject) => {
      refuse(event, null);
      reject?.();
    });
  }
  session.on('exec', (_accept, reject: Reject, { command }) => {
    refuse('exec', printable(command));
    reject?.();
  });
}
