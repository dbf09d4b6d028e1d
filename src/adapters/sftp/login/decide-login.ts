/**
 * Whether a key opens an account. Pure. The reason of a refusal is for the operator; the client gets the same answer
 * after the same work whether the account, the key or the address was wrong.
 */
import type { Account } from '../../../domain/account';
import { isInNetworks } from './peer-address';

export interface LoginAttempt {
  /** Null when there is no such account. */
  readonly account: Account | null;
  readonly key: OfferedKey;
  readonly address: string;
  /** YYYY-MM-DD, local. */
  readonly today: string;
}

export interface OfferedKey {
  /** Type of the key, `ssh-rsa` for every RSA key. */
  readonly type: string;
  /** Public key in its wire form. */
  readonly blob: Buffer;
  /** Hash that the client names for its signature; null where the type says it. */
  readonly hash: string | null;
}

/** Null when the key opens the account; otherwise why not. */
export type RefusalReason = string | null;

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
  const { account, key, address, today } = attempt;
  const registered = holdsKey(account?.authorizedKeys ?? NO_ACCOUNT_KEYS, key.blob);
  if (account === null) return 'there is no such account';
  if (!registered) return 'the key is not registered for this account';
  return refuseKey(key) ?? refuseAccount(account, address, today);
}

function refuseAccount(account: Account, address: string, today: string): RefusalReason {
  if (account.status === 'disabled') return 'the account is disabled';
  if (account.expires !== null && today > account.expires) return `the account has expired on ${account.expires}`;
  if (account.allowFrom.length > 0 && !isInNetworks(address, account.allowFrom)) {
    return 'the account may not log in from this address';
  }
  return null;
}

function refuseKey(key: OfferedKey): RefusalReason {
  const { type, blob, hash } = key;
  if (!KEY_TYPES.has(type)) return 'keys of this type are not accepted';
  const parts = splitBlob(blob);
  if (parts[0]?.toString('latin1') !== type) return 'the key is not of the type it says';
  if (type !== 'ssh-rsa') return null;
  if (hash === null) return 'the client signs with SHA-1; it must use rsa-sha2-256 or rsa-sha2-512, or an ed25519 key';
  const modulus = parts[2] ?? Buffer.alloc(0);
  const significant = modulus[0] === 0 ? modulus.length - 1 : modulus.length;
  return significant * 8 < RSA_MIN_BITS ? `RSA keys need at least ${String(RSA_MIN_BITS)} bits` : null;
}

/** Lines are as in authorized_keys: type, base64, comment. */
function holdsKey(lines: readonly string[], blob: Buffer): boolean {
  const offered = blob.toString('base64');
  let held = false;
  for (const line of lines) {
    const [type = '', base64 = ''] = line.trim().split(/\s+/);
    if (KEY_TYPES.has(type) && base64 === offered) held = true;
  }
  return held;
}

/** The counted strings that a public key is made of; what is cut off ends the list. */
function splitBlob(blob: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  let position = 0;
  while (position + 4 <= blob.length) {
    const end = position + 4 + blob.readUInt32BE(position);
    if (end > blob.length) break;
    parts.push(blob.subarray(position + 4, end));
    position = end;
  }
  return parts;
}
