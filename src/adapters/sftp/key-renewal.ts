/**
 * Asks the client for new keys after a number of bytes or a time, as ssh2 only answers when the client asks. A client
 * that does not take part is cut.
 * @see RFC 4253, section 9
 */
import type { Connection as SshConnection } from 'ssh2';
import type { SftpLimits } from './sftp-limits';
import { isExchangingKeys } from './ssh2-internals';

const KEY_EXCHANGE_MAX_MS = 60_000;

export class KeyRenewal {
  private timer: NodeJS.Timeout | null = null;
  private renewedAt = performance.now();
  private bytes = 0;

  constructor(
    private readonly client: SshConnection,
    private readonly limits: Pick<SftpLimits, 'rekeyBytes' | 'rekeyMs'>,
    private readonly onTimeout: () => void,
  ) {
    client.on('handshake', () => {
      this.stop();
      this.renewedAt = performance.now();
      this.bytes = 0;
    });
  }

  countBytes(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limits.rekeyBytes) this.renew();
  }

  /** Renews keys that have become old. */
  sweep(): void {
    if (performance.now() - this.renewedAt > this.limits.rekeyMs) this.renew();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private renew(): void {
    if (this.timer !== null || isExchangingKeys(this.client)) return;
    this.timer = setTimeout(this.onTimeout, KEY_EXCHANGE_MAX_MS);
    this.client.rekey();
  }
}
