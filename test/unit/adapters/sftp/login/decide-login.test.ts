import type { Account } from '../../../../../src/domain/account';
import { decideLogin, type LoginTrust, type OfferedKey } from '../../../../../src/adapters/sftp/login/decide-login';
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
const offered = (type: string, blob: Buffer, hash: string | null = null): OfferedKey => {
  return { type, blob, hash, fingerprint: 'SHA256:x' };
};
const ED25519 = offered('ssh-ed25519', ed25519);
const TRUST: LoginTrust = { authorityKeys: [], revokedKeys: [] };

const account = (changes: Partial<Account> = {}): Account => ({
  ...ACCOUNT,
  authorizedKeys: [line('ssh-rsa', rsa(2048)), line('ssh-rsa', rsa(1024)), line('ssh-ed25519', ed25519)],
  ...changes,
});

const decide = (holder: Account | null, key: OfferedKey = ED25519, trust = TRUST): string | null => {
  const now = new Date('2026-11-22T12:00:00');
  return decideLogin({ name: ACCOUNT.account, account: holder, key, address: '192.0.2.7', now, trust });
};

test.each<[string, Account, OfferedKey]>([
  ['one of several keys', account(), ED25519],
  ['an RSA key with SHA-2', account(), offered('ssh-rsa', rsa(2048), 'sha256')],
  ['a test account', account({ status: 'test' }), ED25519],
  ['the last day', account({ expires: '2026-11-22' }), ED25519],
  [
    'a key before its end',
    account({ authorizedKeys: [`expiry-time="202611221201" ${line('ssh-ed25519', ed25519)}`] }),
    ED25519,
  ],
  ['an address of a network', account({ allowFrom: ['198.51.100.0/24', '192.0.2.0/24'] }), ED25519],
])('%s opens the account', (_, holder, key) => {
  expect(decide(holder, key)).toBeNull();
});

test.each<[string, Account | null, OfferedKey, string]>([
  ['no account', null, ED25519, 'no such account'],
  ['another key', account({ authorizedKeys: [] }), ED25519, 'not registered'],
  ['SHA-1', account(), offered('ssh-rsa', rsa(2048)), 'SHA-1'],
  ['a short RSA key', account(), offered('ssh-rsa', rsa(1024), 'sha512'), '2048'],
  ['a type that is not the key’s', account(), { ...ED25519, type: 'ssh-rsa', hash: 'sha256' }, 'type'],
  ['a type that is not accepted', account(), { ...ED25519, type: 'ssh-dss' }, 'type'],
  [
    'a key after its end',
    account({ authorizedKeys: [`expiry-time="20261122" ${line('ssh-ed25519', ed25519)}`] }),
    ED25519,
    'expired',
  ],
  [
    'a key whose end is none',
    account({ authorizedKeys: [`expiry-time="2026" ${line('ssh-ed25519', ed25519)}`] }),
    ED25519,
    'not registered',
  ],
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

test('a revoked key opens nothing', () => {
  expect(decide(account(), ED25519, { ...TRUST, revokedKeys: ['SHA256:x'] })).toBe('the key is revoked');
});
