/** Tells what happens on one connection, each event with the connection that it was; of endless refusals only the first. */
import type { NegotiatedAlgorithms } from 'ssh2';
import type { LoginRecord } from './login/login-procedure';
import { printable } from './printable';
import type { SessionAuditEvent, SftpAuditEvent } from './sftp-audit';

type WithoutOrigin<T> = T extends unknown ? Omit<T, 'connection' | 'address'> : never;

/** Refusals told of per connection: a client that is refused a thousand times says nothing new. */
const REFUSALS_MAX = 100;

export class ConnectionAudit {
  private readonly openedAt = performance.now();
  private software = '';
  private algorithms = '';
  private refusals = 0;

  constructor(
    private readonly origin: { readonly connection: number; readonly address: string },
    private readonly audit: (event: SftpAuditEvent) => void,
  ) {
    this.tell({ event: 'connection' });
  }

  /** What the client says it is. */
  greeted(software: string): void {
    this.software = printable(software);
  }

  agreed({ kex, serverHostKey, cs }: NegotiatedAlgorithms): void {
    this.algorithms = [kex, serverHostKey, cs.cipher, cs.mac].filter((name) => name !== '').join(' ');
  }

  hasAgreed(): boolean {
    return this.algorithms !== '';
  }

  login(record: LoginRecord): void {
    const { software: client, algorithms } = this;
    const outcome = record.reason === null ? 'ok' : 'refused';
    this.tell({ event: 'login', outcome, ...record, client, algorithms });
  }

  /** @param account null before login */
  session(account: string | null, event: SessionAuditEvent): void {
    if (event.event === 'refusal') {
      this.refusals += 1;
      if (this.refusals > REFUSALS_MAX) return;
    }
    this.tell({ ...event, account: account ?? '' });
  }

  closed(account: string | null, reason: string | null): void {
    this.tell({ event: 'disconnect', account, ms: Math.round(performance.now() - this.openedAt), reason });
  }

  private tell(event: WithoutOrigin<SftpAuditEvent>): void {
    this.audit({ ...event, ...this.origin });
  }
}
