import { Door, type Guest } from '../../../../../src/adapters/sftp/login/door';
import type { SftpAuditEvent } from '../../../../../src/adapters/sftp/sftp-audit';
import { DEFAULT_BAN_RULES, DEFAULT_SFTP_LIMITS } from '../../../../../src/adapters/sftp/sftp-limits';

interface TestGuest extends Guest {
  reason: string | null;
  stage: number | null;
}

const LIMITS = { ...DEFAULT_SFTP_LIMITS, connectionsMax: 5, connectionsPerAddressMax: 3, unauthenticatedMax: 3 };

let guests: TestGuest[];
let audit: SftpAuditEvent[];
let door: Door<TestGuest>;

beforeEach(() => {
  guests = [];
  audit = [];
  door = new Door({
    limits: LIMITS,
    bans: DEFAULT_BAN_RULES,
    guests: () => guests,
    isStopping: () => false,
    now: () => 1_000_000,
    wallClock: () => Date.UTC(2026, 0, 1),
    audit: (event) => audit.push(event),
  });
});

function come(address: string, stage: number | null = 0): TestGuest | null {
  if (!door.admit(address, 1)) return null;
  const guest: TestGuest = {
    ...{ address, stage, reason: null },
    progress: () => guest.stage,
    cut: (reason) => (guest.reason = reason),
  };
  if (stage === null) door.loggedIn();
  guests.push(guest);
  return guest;
}

const cut = (): boolean[] => guests.map(({ reason }) => reason !== null);

test('who has come least far makes room, the first of them first', () => {
  come('192.0.2.1', 2);
  come('192.0.2.2', 1);
  come('192.0.2.3', 1);
  expect(come('192.0.2.4', 0)).not.toBeNull();
  expect(cut()).toEqual([false, true, false, false]);
  expect(come('192.0.2.5', 0)).not.toBeNull();
  expect(cut()).toEqual([false, true, false, true, false]);
});

test('who is logged in stays, and nobody makes room for another address', () => {
  for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2']) come(address, null);
  expect(come('192.0.2.1')).toBeNull();
  come('192.0.2.2', null);
  expect(come('192.0.2.3')).toBeNull();
  expect(cut()).toEqual([false, false, false, false, false]);
  expect(audit).toEqual([
    expect.objectContaining({ event: 'refusal', reason: 'too many connections from this address', times: 1 }),
    expect.objectContaining({ event: 'refusal', reason: 'too many connections' }),
  ]);
});

test('a guest that made room is counted out once', () => {
  come('192.0.2.1');
  come('192.0.2.2');
  come('192.0.2.3');
  come('192.0.2.4');
  expect(door.connections()).toBe(3);
  door.leave(guests[0]!, 1, { wasLoggedIn: false, offence: null });
  expect(door.connections()).toBe(3);
  door.leave(guests[1]!, 1, { wasLoggedIn: false, offence: null });
  expect(door.connections()).toBe(2);
});

test('offences lead to a ban, which is told and then holds', () => {
  for (let turn = 0; turn < 3; turn += 1) {
    const guest = come('192.0.2.1')!;
    door.leave(guest, turn, { wasLoggedIn: true, offence: 'violation' });
  }
  expect(audit).toEqual([
    { event: 'ban', connection: 2, address: '192.0.2.1', network: '192.0.2.1', seconds: 900, count: 1 },
  ]);
  expect(come('192.0.2.1')).toBeNull();
  expect(door.standingBans()).toMatchObject([{ address: '192.0.2.1', until: Date.UTC(2026, 0, 1, 0, 15) }]);
  expect(door.lift('192.0.2.1')).toBe(true);
  expect(come('192.0.2.1')).not.toBeNull();
});
