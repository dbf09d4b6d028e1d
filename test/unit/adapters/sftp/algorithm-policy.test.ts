import { Server } from 'ssh2';
import { algorithmsOf } from '../../../../src/adapters/sftp/algorithm-policy';

const listOf = (policy: 'modern' | 'compat'): string[] => Object.values(algorithmsOf(policy)).flat() as string[];

test.each(['modern', 'compat'] as const)('%s is known to ssh2 and holds nothing broken', (policy) => {
  expect(() => new Server({ hostKeys: [], algorithms: algorithmsOf(policy) })).not.toThrow();
  for (const name of listOf(policy)) {
    expect(name).not.toMatch(/sha1$|sha1-|-cbc|group-exchange|md5|zlib|arcfour|ssh-dss/);
  }
});

test('the guess of dropbear stands first, under both policies', () => {
  for (const policy of ['modern', 'compat'] as const) {
    expect(listOf(policy)[0]).toBe('curve25519-sha256@libssh.org');
  }
});

test('compat adds to modern', () => {
  expect(listOf('compat')).toEqual(expect.arrayContaining(listOf('modern')));
  expect(listOf('compat').length).toBeGreaterThan(listOf('modern').length);
});
