import { findMount, readOnlyMount } from '../../../../src/adapters/spool/read-only-mount';

const MOUNTS = [
  '27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro',
  '44 27 7:0 / /var/lib rw,relatime shared:2 master:1 - ext4 /dev/vdb rw,emergency_ro',
  '45 27 7:1 / /mnt/a\\040b ro,nosuid - xfs /dev/vdc rw',
  '46 27 7:2 / /srv rw - btrfs /dev/vdd ro,subvol=/srv',
  '47 46 7:3 / /srv/fresh ro - tmpfs tmpfs rw',
  '48 47 7:4 / /srv/fresh rw - tmpfs tmpfs rw',
  'no line of a mount',
  '',
].join('\n');

test.each([
  ['one that can be written to', '/home/x', '/', '/dev/vda', false],
  ['ext4 after an error', '/var/lib/labdrop', '/var/lib', '/dev/vdb', true],
  ['the mount point itself', '/var/lib', '/var/lib', '/dev/vdb', true],
  ['a name that only begins like it', '/var/library', '/', '/dev/vda', false],
  ['a mount that is read-only, with a blank in its name', '/mnt/a b/c', '/mnt/a b', '/dev/vdc', true],
  ['a file system that is', '/srv/labdrop', '/srv', '/dev/vdd', true],
  ['one that covers another', '/srv/fresh/x', '/srv/fresh', 'tmpfs', false],
])('%s', (_what, path, mountPoint, source, isReadOnly) => {
  expect(findMount(MOUNTS, path)).toEqual({ mountPoint, source, isReadOnly });
});

test('none', () => {
  expect(findMount('', '/')).toBeNull();
});

test('the folder of this test can be written to; of what is not there nothing is known', () => {
  expect(readOnlyMount(__dirname)).toBeNull();
  expect(readOnlyMount('/not/there')).toBeNull();
});
