import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, loadOrCreateHostKey } from '../../../src/adapters/sftp/host-key';
import { dataFolders } from '../../../src/adapters/spool/data-folders';
import type { SftpConfig } from '../../../src/config/config';
import { loadHostKeys, readPublishedHostKey } from '../../../src/daemon/host-keys';

const SFTP = { policy: 'modern', hostKeyTypes: null } as SftpConfig;

let dir: string;
let credentials: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-host-keys-'));
  credentials = join(dir, 'credentials');
  mkdirSync(credentials);
});
afterEach(() => rmSync(dir, { recursive: true }));

const load = (from: string | null) => loadHostKeys(dataFolders(join(dir, 'data')), SFTP, from);
const published = () => readPublishedHostKey(dataFolders(join(dir, 'data')).hostKeyPath);

function handOver(name: string): string {
  const path = join(credentials, name);
  writeFileSync(path, generateKeyPair('secret').private);
  return loadOrCreateHostKey(path).fingerprint;
}

it('makes a key once where none is handed over', () => {
  const [first] = load(null).inUse;
  expect(first?.created).toBe(true);
  expect(load(credentials).inUse[0]?.fingerprint).toBe(first?.fingerprint);
  expect(published()).toBeNull();
});

it('takes the keys that are handed over, and leaves their public half for commands', () => {
  const own = load(null).inUse[0]?.fingerprint;
  const handed = handOver('ssh_host_ed25519_key');
  const next = handOver('ssh_host_ed25519_key.next');
  const keys = load(credentials);
  expect(keys.inUse.map(({ fingerprint }) => fingerprint)).toEqual([handed]);
  expect(keys.next.map(({ fingerprint }) => fingerprint)).toEqual([next]);
  expect(published()).toEqual({ fingerprint: handed, publicKey: keys.inUse[0]?.publicKey });
  expect(load(null).inUse[0]?.fingerprint).toBe(own);
  expect(published()).toBeNull();
});

it('makes no key of its own beside one that is handed over', () => {
  handOver('ssh_host_ed25519_key');
  load(credentials);
  expect(readdirSync(join(dir, 'data/host_keys'))).toEqual(['ssh_host_ed25519_key.pub']);
});

it('takes no broken key for none', () => {
  writeFileSync(join(credentials, 'ssh_host_ed25519_key'), 'broken');
  expect(() => load(credentials)).toThrow('is not a private key');
});

it('tells a key of its own that others can use, and none that was handed over', () => {
  expect(load(null).exposed).toEqual([]);
  const path = join(dir, 'data/host_keys/ssh_host_ed25519_key');
  chmodSync(path, 0o640);
  expect(load(null).exposed).toEqual([path]);
  handOver('ssh_host_ed25519_key');
  expect(load(credentials).exposed).toEqual([]);
});
