/** Addresses that offend: how they are kept out, and that nobody else is. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { makeKey, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { connectSsh } from '../../support/sftp-raw-client';
import { until } from '../../support/until';

jest.setTimeout(30_000);

const HOUR_MS = 3_600_000;
const BANS = { threshold: 5, windowMs: 600_000, banMs: 600_000, banMaxMs: 600_000, exempt: [] };

let fixture: SftpFixture;

beforeEach(async () => {
  fixture = await openFixture({ access: { bans: BANS, trust: { authorityKeys: [], revokedKeys: [] } } });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.close();
});

/** A login of somebody without an account, which costs two points. */
async function offend(): Promise<void> {
  const stranger = readFileSync(await makeKey(fixture.dir, `stranger-${fixture.audit.length}`));
  await expect(connectSsh(fixture.port, stranger, 'nobody')).rejects.toThrow();
  await until(() => fixture.server.connections() === 0, 'the end');
}

/** As the system's clock is set to the right time when it ran ahead. */
function setClockBack(): void {
  const real = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => real() - HOUR_MS);
}

test('an address that offends is banned, refused at once, and let in when the ban is lifted', async () => {
  for (let turn = 0; turn < 3; turn += 1) await offend();
  expect(fixture.server.bans()).toEqual([expect.objectContaining({ address: '127.0.0.1', count: 1 })]);
  const socket = connect(fixture.port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await until(() => socket.closed, 'the refusal');
  expect((await fixture.sftp('pwd')).code).not.toBe(0);
  expect(fixture.server.connections()).toBe(0);
  expect(fixture.audit).toContainEqual(expect.objectContaining({ event: 'ban', network: '127.0.0.1', seconds: 600 }));
  expect(fixture.server.liftBan('127.0.0.1')).toBe(true);
  expect(await fixture.sftp('pwd')).toMatchObject({ code: 0 });
});

test('a clock that is set back makes no offence worse, and keeps nobody out', async () => {
  await offend();
  setClockBack();
  await offend();
  expect(fixture.server.bans()).toEqual([]);
  expect(await fixture.sftp('pwd')).toMatchObject({ code: 0 });
  await offend();
  expect(fixture.audit).toContainEqual(expect.objectContaining({ event: 'ban', seconds: 600 }));
  const [ban] = fixture.server.bans();
  expect(Math.abs(ban!.until - Date.now() - BANS.banMs)).toBeLessThan(30_000);
});
