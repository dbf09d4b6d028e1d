import { addressGroup, isInNetworks, normaliseAddress } from '../../../../../src/adapters/sftp/login/peer-address';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['', ''],
])('normalises %j', (address, expected) => {
  expect(normaliseAddress(address)).toBe(expected);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('groups %j', (address, expected) => {
  expect(addressGroup(address)).toBe(expected);
});

test.each<[string, string[], boolean]>([
  ['192.0.2.7', ['192.0.2.0/24'], true],
  ['192.0.3.7', ['192.0.2.0/24'], false],
  ['192.0.2.7', ['192.0.2.7'], true],
  ['192.0.2.7', ['0.0.0.0/0'], true],
  ['2001:db8::5', ['2001:db8::/32'], true],
  ['2001:db9::5', ['2001:db8::/32'], false],
  ['192.0.2.7', [], false],
  ['192.0.2.7', ['192.0.2.0/33', '192.0.2.0/', 'nonsense', '192.0.2.0/x'], false],
  ['', ['0.0.0.0/0'], false],
])('%j in %j: %s', (address, networks, expected) => {
  expect(isInNetworks(address, networks)).toBe(expected);
});
