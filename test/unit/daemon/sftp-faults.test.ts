import type { SftpAuditEvent } from '../../../src/adapters/sftp/sftp-audit';
import { createSftpFaults } from '../../../src/daemon/sftp-faults';

const CONNECTION = { connection: 1, address: '127.0.0.1' };

function failed(account: string, message = 'EIO: i/o error, fsync'): SftpAuditEvent {
  return { ...CONNECTION, event: 'fault', account, operation: 'close', message };
}

function transferred(outcome: 'complete' | 'partial', direction: 'upload' | 'download' = 'upload'): SftpAuditEvent {
  return { ...CONNECTION, event: 'transfer', account: 'a', direction, path: '/x', bytes: 1, ms: 1, outcome };
}

let minute = 0;
const now = (): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const risingMs = (): number => minute * 60_000;
beforeEach(() => (minute = 0));

it("lets an account's last failure stand since the first one, until it gets a file in", () => {
  const faults = createSftpFaults(now, risingMs);
  faults.hear(failed('a'));
  faults.hear(failed('b'));
  minute = 1;
  faults.hear(failed('a', 'ENOSPC'));
  faults.hear(transferred('partial'));
  faults.hear(transferred('complete', 'download'));
  expect(faults.standing()).toMatchObject([
    { code: 'S901', account: 'a', message: 'SFTP, close: ENOSPC', at: '2026-01-01T00:00:00.000Z', retryAt: null },
    { account: 'b' },
  ]);
  faults.hear(transferred('complete'));
  expect(faults.standing()).toMatchObject([{ account: 'b' }]);
});

it('lets it go when it has not happened again for a quarter of an hour', () => {
  const faults = createSftpFaults(now, risingMs);
  faults.hear(failed('a'));
  minute = 10;
  faults.hear(failed('a'));
  minute = 24;
  expect(faults.standing()).toHaveLength(1);
  minute = 25;
  expect(faults.standing()).toEqual([]);
});
