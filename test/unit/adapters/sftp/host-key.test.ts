import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utils } from 'ssh2';
import { loadOrCreateHostKey } from '../../../../src/adapters/sftp/host-key';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-key-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

test('makes an ed25519 key once, for the owner alone, with the fingerprint that ssh-keygen tells', () => {
  const path = join(dir, 'keys', 'ssh_host_ed25519_key');
  const made = loadOrCreateHostKey(path);
  const read = loadOrCreateHostKey(path);
  expect([made.created, read.created]).toEqual([true, false]);
  expect(read.privateKey.equals(made.privateKey)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(dir, 'keys'))).toEqual(['ssh_host_ed25519_key']);
  expect(execFileSync('ssh-keygen', ['-lf', path], { encoding: 'utf8' })).toContain(`256 ${made.fingerprint} `);
  expect(execFileSync('ssh-keygen', ['-yf', path], { encoding: 'utf8' })).toContain(made.publicKey);
});

test('takes a key of ssh-keygen’s', () => {
  const path = join(dir, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', path]);
  expect(loadOrCreateHostKey(path)).toMatchObject({
    created: false,
    publicKey: expect.stringMatching(/^ecdsa-sha2-nistp256 /) as string,
  });
});

test.each([
  ['no key', 'nonsense'],
  ['a public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB'],
])('%s is a fault that names the file', (_, content) => {
  const path = join(dir, 'key');
  writeFileSync(path, content);
  expect(() => loadOrCreateHostKey(path)).toThrow(path);
});

test('a folder in its place is a fault', () => {
  expect(() => loadOrCreateHostKey(dir)).toThrow(dir);
});

test('never makes a key that cannot be read, however its public half begins', () => {
  const generate = jest.spyOn(utils, 'generateKeyPairSync');
  const spoiled = utils.generateKeyPairSync('ed25519');
  generate.mockReturnValueOnce({ ...spoiled, private: spoiled.private.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA') });
  expect(loadOrCreateHostKey(join(dir, 'key'))).toMatchObject({ created: true });
  expect(generate).toHaveBeenCalledTimes(3);
  generate.mockRestore();
});
