/**
 * Whether a key opens an account. Pure. The reason of a refusal is for the operator; the client gets the same answer
 * after the same work whether the account, the key or the address was wrong.
 */
import type { Account } from '../../../domain/account';
import { parseAuthorizedKey } from '../../../domain/authorized-key';
import { hasExpired } from '../../../domain/has-expired';
import { isInNetworks } from './peer-address';
import { splitBlob } from './split-blob';
import {
  isCertificateType,
  parseUserCertificate,
  refuseCertificate,
  type CertificateTrust,
  type UserCertificate,
} from './user-certificate';

export interface LoginAttempt {
  /** As the client gives it. */
  readonly name: string;
  /** Null when there is no such account. */
  readonly account: Account | null;
  readonly key: OfferedKey;
  readonly address: string;
  readonly now: Date;
  readonly trust: LoginTrust;
}

export interface LoginTrust extends CertificateTrust {
  /** `SHA256:...` of keys that open nothing any more, wherever they stand. */
  readonly revokedKeys: readonly string[];
}

export interface OfferedKey {
  /** Type of the key, `ssh-rsa` for every RSA key, or of a certificate. */
  readonly type: string;
  /** Public key or certificate in its wire form. */
  readonly blob: Buffer;
  /** Hash that the client names for its signature; null where the type says it. */
  readonly hash: string | null;
  /** Of the public key, also of the one in a certificate. */
  readonly fingerprint: string;
}

/** Null when the key opens the account; otherwise why not. */
export type RefusalReason = string | null;

export const NO_SUCH_ACCOUNT = 'there is no such account';

const KEY_TYPES = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);
const RSA_MIN_BITS = 2048;

/** Compared with when there is no account, so that looking costs the same. */
const NO_ACCOUNT_KEYS = [`ssh-ed25519 ${Buffer.alloc(51).toString('base64')}`];

export function decideLogin(attempt: LoginAttempt): RefusalReason {
  const { account, key, trust } = attempt;
  const unproven = isCertificateType(key.type)
    ? refuseByCertificate(attempt, parseUserCertificate(key.blob))
    : refuseByKey(attempt);
  if (account === null) return NO_SUCH_ACCOUNT;
  if (unproven !== null) return unproven;
  if (trust.revokedKeys.includes(key.fingerprint)) return 'the key is revoked';
  return refuseAccount(account, attempt);
}

function refuseState(account: Account, now: Date): RefusalReason {
  if (account.status === 'disabled') return 'the account is disabled';
  return hasExpired(account, now) ? `the account has expired on ${String(account.expires)}` : null;
}

function refuseAccount(account: Account, { address, now }: LoginAttempt): RefusalReason {
  const state = refuseState(account, now);
  if (state !== null) return state;
  if (account.allowFrom.length > 0 && !isInNetworks(address, account.allowFrom)) {
    return 'the account may not log in from this address';
  }
  return null;
}

function refuseByKey({ account, key, now }: LoginAttempt): RefusalReason {
  const base64 = key.blob.toString('base64');
  const held = (account?.authorizedKeys ?? NO_ACCOUNT_KEYS)
    .map(parseAuthorizedKey)
    .flatMap((entry) => (entry?.base64 === base64 && KEY_TYPES.has(entry.type) ? entry : []));
  const [first] = held;
  if (first === undefined) return 'the key is not registered for this account';
  if (held.every(({ expires }) => expires !== null && now >= expires)) {
    return `the key has expired on ${first.expires?.toISOString() ?? ''}`;
  }
  return refuseStrength(key.type, key.blob, key.hash);
}

function refuseByCertificate(attempt: LoginAttempt, certificate: UserCertificate | null): RefusalReason {
  if (certificate === null) return 'the certificate cannot be read';
  const { name, address, now, trust } = attempt;
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const { keyType, publicKey } = certificate;
  return (
    refuseCertificate(certificate, { account: name, address, nowSeconds }, trust) ??
    refuseStrength(keyType, publicKey, 'named by the signature')
  );
}

function refuseStrength(type: string, blob: Buffer, hash: string | null): RefusalReason {
  if (!KEY_TYPES.has(type)) return 'keys of this type are not accepted';
  const parts = splitBlob(blob);
  if (parts[0]?.toString('latin1') !== type) return 'the key is not of the type it says';
  if (type !== 'ssh-rsa') return null;
  if (hash === null) return 'the client signs with SHA-1; it must use rsa-sha2-256 or rsa-sha2-512, or an ed25519 key';
  const modulus = parts[2] ?? Buffer.alloc(0);
  const significant = modulus[0] === 0 ? modulus.length - 1 : modulus.length;
  return significant * 8 < RSA_MIN_BITS ? `RSA keys need at least ${String(RSA_MIN_BITS)} bits` : null;
}
