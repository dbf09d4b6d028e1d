/**
 * The packet that tells a client which signatures are taken for keys, so that it does not try SHA-1 with an RSA key.
 * @see RFC 8308, section 3.1
 */
import { counted, uint32 } from './codec/build-reply';

const EXT_INFO = 7;

/** Signatures taken for user keys, best first. */
export const SIGNATURE_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

export function buildSignatureList(): Buffer {
  const extension = [counted('server-sig-algs'), counted(SIGNATURE_ALGORITHMS.join(','))];
  return Buffer.concat([Buffer.of(EXT_INFO), uint32(1), ...extension]);
}
