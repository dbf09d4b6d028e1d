import { ConnectionCount } from '../../../../../src/adapters/sftp/login/connection-count';

const LIMITS = { connectionsMax: 4, connectionsPerAddressMax: 2, unauthenticatedMax: 3 };

test('bounds one address, IPv6 by /64', () => {
  const count = new ConnectionCount(LIMITS);
  expect(count.admit('2001:db8::1')).toBeNull();
  expect(count.admit('2001:db8::2')).toBeNull();
  expect(count.admit('2001:db8::3')).toBe('address');
  expect(count.admit('192.0.2.1')).toBeNull();
});

test('bounds those that have not logged in, and all', () => {
  const count = new ConnectionCount(LIMITS);
  expect(['a', 'b', 'c'].map((address) => count.admit(address))).toEqual([null, null, null]);
  expect(count.admit('d')).toBe('unauthenticated');
  count.loggedIn();
  expect(count.admit('d')).toBeNull();
  count.loggedIn();
  expect(count.admit('e')).toBe('connections');
  expect(count.connections()).toBe(4);
});

test('gives room back', () => {
  const count = new ConnectionCount(LIMITS);
  count.admit('a');
  count.admit('a');
  count.loggedIn();
  expect(count.admit('a')).toBe('address');
  count.left('a', true);
  count.left('a', false);
  expect(count.connections()).toBe(0);
  expect(['a', 'a', 'b'].map((address) => count.admit(address))).toEqual([null, null, null]);
});
