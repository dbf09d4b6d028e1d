import { BanList, type BanRules, type Offence } from '../../../../../src/adapters/sftp/login/ban-list';

const SECOND_MS = 1000;
const RULES: BanRules = {
  threshold: 10,
  windowMs: 100 * SECOND_MS,
  banMs: 60 * SECOND_MS,
  banMaxMs: 200 * SECOND_MS,
  exempt: ['127.0.0.0/8', '2001:db8:aa::/48'],
};

let now: number;
let bans: BanList;

beforeEach(() => {
  now = 1_000_000;
  bans = new BanList(RULES, () => now);
});

function offend(address: string, times: number, offence: Offence = 'noLogin'): void {
  for (let turn = 0; turn < times; turn += 1) bans.offend(address, offence);
}

test('bans at the threshold, counts what it refuses, and lets in afterwards', () => {
  offend('192.0.2.1', 9);
  expect(bans.refuse('192.0.2.1')).toBeNull();
  const ban = bans.offend('192.0.2.1', 'noLogin');
  expect(ban).toEqual({ address: '192.0.2.1', until: now + 60 * SECOND_MS, count: 1, refused: 0 });
  bans.refuse('192.0.2.1');
  bans.refuse('192.0.2.1');
  expect(bans.list()).toEqual([{ ...ban, refused: 2 }]);
  expect(bans.refuse('192.0.2.2')).toBeNull();
  now += 60 * SECOND_MS;
  expect(bans.refuse('192.0.2.1')).toBeNull();
  expect(bans.list()).toEqual([]);
});

test('worse offences weigh more', () => {
  expect(bans.offend('192.0.2.1', 'violation')).toBeNull();
  expect(bans.offend('192.0.2.1', 'violation')).not.toBeNull();
  offend('192.0.2.2', 4, 'unknownAccount');
  expect(bans.refuse('192.0.2.2')).toBeNull();
  offend('192.0.2.2', 1, 'unknownAccount');
  expect(bans.refuse('192.0.2.2')).not.toBeNull();
});

test('points leak away: a laboratory whose script fails every half a minute stays', () => {
  for (let turn = 0; turn < 1000; turn += 1) {
    now += 30 * SECOND_MS;
    offend('192.0.2.1', 1);
  }
  expect(bans.refuse('192.0.2.1')).toBeNull();
});

test('each ban takes twice as long, up to the longest; after a quiet time it starts anew', () => {
  const seconds = [];
  for (let turn = 0; turn < 4; turn += 1) {
    offend('192.0.2.1', 10);
    const [ban] = bans.list();
    seconds.push((ban!.until - now) / SECOND_MS);
    now = ban!.until;
  }
  expect(seconds).toEqual([60, 120, 200, 200]);
  now += 201 * SECOND_MS;
  offend('192.0.2.1', 10);
  expect(bans.list()[0]).toMatchObject({ count: 1, until: now + 60 * SECOND_MS });
});

test('an IPv6 /64 is one, and can be lifted by any of its names', () => {
  for (let turn = 0; turn < 10; turn += 1) bans.offend(`2001:db8:1:2::${turn}`, 'noLogin');
  expect(bans.refuse('2001:db8:1:2:ffff::1')).not.toBeNull();
  expect(bans.refuse('2001:db8:1:3::1')).toBeNull();
  const { address } = bans.list()[0]!;
  expect(address).toBe('2001:db8:1:2::/64');
  expect(bans.lift(address)).toBe(true);
  expect(bans.lift(address)).toBe(false);
  expect(bans.refuse('2001:db8:1:2::1')).toBeNull();
});

test.each(['127.0.0.1', '127.9.9.9', '2001:db8:aa:1::5'])('%s is exempt', (address) => {
  offend(address, 100, 'violation');
  expect(bans.refuse(address)).toBeNull();
});

test('no threshold, no bans; new rules hold for what comes', () => {
  bans.configure({ ...RULES, threshold: null });
  offend('192.0.2.1', 100);
  expect(bans.refuse('192.0.2.1')).toBeNull();
  bans.configure(RULES);
  offend('192.0.2.1', 10);
  expect(bans.refuse('192.0.2.1')).not.toBeNull();
  bans.configure({ ...RULES, exempt: ['192.0.2.0/24'] });
  expect(bans.refuse('192.0.2.1')).toBeNull();
});

test('the table is bounded: the oldest bans go first', () => {
  for (let turn = 0; turn < 10_100; turn += 1)
    offend(`10.${turn >> 16}.${(turn >> 8) & 255}.${turn & 255}`, 2, 'violation');
  expect(bans.list()).toHaveLength(10_000);
  expect(bans.refuse('10.0.0.1')).toBeNull();
  expect(bans.refuse('10.0.39.115')).not.toBeNull();
});
