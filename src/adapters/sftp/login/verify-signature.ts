/**
 * Whether a signature in the form of the wire is that of a public key. Pure. SHA-1 never is; what cannot be read is
 * not either.
 * @see RFC 4253 section 6.6, RFC 5656 section 3.1.2, RFC 8332 section 3, RFC 8709 section 6
 */
import { verify } from 'node:crypto';
import { utils, type ParsedKey } from 'ssh2';
import { splitBlob } from './split-blob';

interface Scheme {
  /** Type of the key that signs. */
  readonly keyType: string;
  readonly hash: string | null;
  /** Bytes of each of the two numbers of an ECDSA signature; 0 for other kinds. */
  readonly numberBytes: number;
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  'ssh-ed25519': { keyType: 'ssh-ed25519', hash: null, numberBytes: 0 },
  'rsa-sha2-256': { keyType: 'ssh-rsa', hash: 'sha256', numberBytes: 0 },
  'rsa-sha2-512': { keyType: 'ssh-rsa', hash: 'sha512', numberBytes: 0 },
  'ecdsa-sha2-nistp256': { keyType: 'ecdsa-sha2-nistp256', hash: 'sha256', numberBytes: 32 },
  'ecdsa-sha2-nistp384': { keyType: 'ecdsa-sha2-nistp384', hash: 'sha384', numberBytes: 48 },
  'ecdsa-sha2-nistp521': { keyType: 'ecdsa-sha2-nistp521', hash: 'sha512', numberBytes: 66 },
};

/**
 * @param publicKey in its wire form
 * @param signature name of the algorithm and the signature itself, both counted
 */
export function verifySignature(publicKey: Buffer, signature: Buffer, content: Buffer): boolean {
  const [algorithm, value] = splitBlob(signature);
  const scheme = algorithm === undefined ? undefined : SCHEMES[algorithm.toString('latin1')];
  const keyType = splitBlob(publicKey)[0]?.toString('latin1');
  if (scheme === undefined || value === undefined || keyType !== scheme.keyType) return false;
  const bytes = scheme.numberBytes === 0 ? value : joinNumbers(value, scheme.numberBytes);
  if (bytes === null) return false;
  try {
    const [key] = new Array<ParsedKey | Error>().concat(utils.parseKey(`${keyType} ${publicKey.toString('base64')}`));
    if (key === undefined || key instanceof Error) return false;
    return verify(scheme.hash, content, { key: key.getPublicPEM(), dsaEncoding: 'ieee-p1363' }, bytes);
  } catch {
    return false; // a point off its curve, a number too large: no key, so no signature of it
  }
}

/** Two counted numbers to two of a fixed length. */
function joinNumbers(value: Buffer, numberBytes: number): Buffer | null {
  const numbers = splitBlob(value).map((number) => number.subarray(number.findIndex((byte) => byte !== 0)));
  if (numbers.length !== 2 || numbers.some((number) => number.length > numberBytes)) return null;
  const joined = Buffer.alloc(2 * numberBytes);
  numbers.forEach((number, index) => number.copy(joined, (index + 1) * numberBytes - number.length));
  return joined;
}
