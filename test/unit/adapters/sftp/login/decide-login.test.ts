import type { Account } from '../../../../../src/domain/account';
import { decideLogin, type OfferedKey } from '../../../../../src/adapters/sftp/login/decide-login';
import { ACCOUNT } from '../../../../support/sftp-fixture';
import { counted } from '../../../../support/sftp-requests';

const ed25519 = Buffer.concat([counted('ssh-ed25519'), counted(Buffer.alloc(32, 1))]);
const rsa = (bits: number): Buffer =>
  Buffer.concat([
    counted('ssh-rsa'),
    counted(Buffer.of(1, 0, 1)),
    counted(Buffer.concat([Buffer.of(0), Buffer.alloc(bits / 8, 0xc1)])),
  ]);
const line = (type: string, blob: Buffer): string => `${type} ${blob.toString('base64')} a comment`;
const ED25519: OfferedKey = { type: 'ssh-ed25519', blob: ed25519, hash: null };

const account = (changes: Partial<Account> = {}): Account => ({
  ...ACCOUNT,
  authorizedKeys: [line('ssh-rsa', rsa(2048)), line('ssh-rsa', rsa(1024)), line('ssh-ed25519', ed25519)],
  ...changes,
});

const decide = (holder: Account | null, key: OfferedKey = ED25519, address = '192.0.2.7'): string | null =>
  decideLogin({ account: holder, key, address, today: '2026-11-22' });

test.each<[string, Account, OfferedKey]>([
  ['one of several keys', account(), ED25519],
  ['an RSA key with SHA-2', account(), { type: 'ssh-rsa', blob: rsa(2048), hash: 'sha256' }],
  ['a test account', account({ status: 'test' }), ED25519],
  ['the last day', account({ expires: '2026-11-22' }), ED25519],
  ['an address of a network', account({ allowFrom: ['198.51.100.0/24', '192.0.2.0/24'] }), ED25519],
])('%s opens the account', (_, holder, key) => {
  expect(decide(holder, key)).toBeNull();
});

test.each<[string, Account | null, OfferedKey, string]>([
  ['no account', null, ED25519, 'no such account'],
  ['another key', account({ authorizedKeys: [] }), ED25519, 'not registered'],
  ['SHA-1', account(), { type: 'ssh-rsa', blob: rsa(2048), hash: null }, 'SHA-1'],
  ['a short RSA key', account(), { type: 'ssh-rsa', blob: rsa(1024), hash: 'sha512' }, '2048'],
  ['a type that is not the key’s', account(), { ...ED25519, type: 'ssh-rsa', hash: 'sha256' }, 'type'],
  ['a type that is not accepted', account(), { ...ED25519, type: 'ssh-dss' }, 'type'],
  ['a disabled account', account({ status: 'disabled' }), ED25519, 'disabled'],
  ['the day after', account({ expires: '2026-11-21' }), ED25519, '2026-11-21'],
  ['another network', account({ allowFrom: ['198.51.100.0/24'] }), ED25519, 'address'],
  ['a network that is none', account({ allowFrom: ['everywhere'] }), ED25519, 'address'],
])('%s is refused', (_, holder, key, reason) => {
  expect(decide(holder, key)).toContain(reason);
});

test('an authorized key line of another type does not open by its bytes', () => {
  expect(decide(account({ authorizedKeys: [line('ssh-dss', ed25519)] }))).toContain('not registered');
});
