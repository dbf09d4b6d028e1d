/**
 * OpenSSH user certificates: a key with a name, a term and conditions, signed by an authority that the server trusts.
 * Pure. A certificate that holds anything unknown and critical is refused.
 * @see OpenSSH PROTOCOL.certkeys
 */
import { ByteReader } from '../codec/byte-reader';
import { ProtocolError } from '../codec/protocol-error';
import { isInNetworks } from './peer-address';
import { splitBlob } from './split-blob';
import { verifySignature } from './verify-signature';

export interface UserCertificate {
  /** Type of the key within. */
  readonly keyType: string;
  /** The key within, in its wire form. */
  readonly publicKey: Buffer;
  readonly isForUsers: boolean;
  readonly serial: bigint;
  readonly keyId: string;
  /** Accounts that it opens; an empty list opens none here. */
  readonly principals: readonly string[];
  /** Seconds since 1970; valid from `validAfter` on and before `validBefore`. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly criticalOptions: ReadonlyMap<string, Buffer>;
  readonly authorityKey: Buffer;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

export interface CertificateTrust {
  /** Public keys of authorities, in their wire form. */
  readonly authorityKeys: readonly Buffer[];
}

const SUFFIX = '-cert-v01@openssh.com';
const USER_TYPE = 1;

/** Strings of the key itself, which stand behind the nonce. */
const KEY_PARTS: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
};

export function isCertificateType(type: string): boolean {
  return type.endsWith(SUFFIX);
}

/** Null for what is no certificate, or one that is cut off. */
export function parseUserCertificate(blob: Buffer): UserCertificate | null {
  try {
    return readCertificate(new ByteReader(blob), blob);
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** Why a certificate does not open the account; null when it does, as far as the certificate goes. */
export function refuseCertificate(
  certificate: UserCertificate,
  attempt: { readonly account: string; readonly address: string; readonly nowSeconds: number },
  trust: CertificateTrust,
): string | null {
  const { authorityKey, signature, signed, principals, validAfter, validBefore } = certificate;
  if (!trust.authorityKeys.some((key) => key.equals(authorityKey))) return 'the certificate is of an unknown authority';
  if (!verifySignature(authorityKey, signature, signed)) return 'the signature of the certificate is wrong';
  if (!certificate.isForUsers) return 'the certificate is not for users';
  if (!principals.includes(attempt.account)) return 'the certificate is for other accounts';
  const now = BigInt(attempt.nowSeconds);
  if (now < validAfter) return 'the certificate is not valid yet';
  if (now >= validBefore) return 'the certificate has expired';
  for (const [name, value] of certificate.criticalOptions) {
    if (name !== 'source-address') return `the certificate asks for ${JSON.stringify(name)}, which is not known here`;
    const networks = (splitBlob(value)[0]?.toString('latin1') ?? '').split(',');
    if (!isInNetworks(attempt.address, networks)) return 'the certificate is not for this address';
  }
  return null;
}

function readCertificate(reader: ByteReader, blob: Buffer): UserCertificate | null {
  const certificateType = reader.readString().toString('latin1');
  const keyType = certificateType.slice(0, -SUFFIX.length);
  const parts = KEY_PARTS[keyType];
  if (!isCertificateType(certificateType) || parts === undefined) return null;
  reader.readString(); // nonce
  const keyStrings = Array.from({ length: parts }, () => reader.readString());
  const serial = reader.readUint64();
  const isForUsers = reader.readUint32() === USER_TYPE;
  const keyId = reader.readString().toString('utf8');
  const principals = splitBlob(reader.readString()).map((name) => name.toString('utf8'));
  const validAfter = reader.readUint64();
  const validBefore = reader.readUint64();
  const options = splitBlob(reader.readString());
  reader.readString(); // extensions: permissions for what is not served here
  reader.readString(); // reserved
  const authorityKey = reader.readString();
  const signed = blob.subarray(0, reader.consumedBytes());
  const signature = reader.readString();
  if (reader.consumedBytes() !== blob.length || options.length % 2 !== 0) return null;
  const names = options.filter((_, index) => index % 2 === 0).map((name) => name.toString('latin1'));
  const criticalOptions = new Map(names.map((name, index) => [name, options[index * 2 + 1] ?? Buffer.alloc(0)]));
  const publicKey = joinStrings([Buffer.from(keyType), ...keyStrings]);
  const validity = { validAfter, validBefore };
  return {
    ...{ keyType, publicKey, isForUsers, serial, keyId, principals },
    ...{ ...validity, criticalOptions, authorityKey, signed, signature },
  };
}

function joinStrings(strings: readonly Buffer[]): Buffer {
  return Buffer.concat(
    strings.flatMap((string) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(string.length);
      return [length, string];
    }),
  );
}
