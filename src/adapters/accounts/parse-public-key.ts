/**
 * A sender's public key file, whatever program wrote it, to lines as in authorized_keys. Pure. What cannot be used is
 * answered with what to do about it; a private key is told as such and never repeated.
 */
import { createHash } from 'node:crypto';
import { parseAuthorizedKey } from '../../domain/authorized-key';

export interface PublicKey {
  /** `type base64 comment`, with `expiry-time="..."` in front of a key that has an end. */
  readonly line: string;
  readonly type: string;
  /** `SHA256:...`, as OpenSSH shows it. */
  readonly fingerprint: string;
  readonly comment: string;
  /** From then on it opens nothing; null for a key without an end. */
  readonly expires: Date | null;
}

export type KeyReading =
  | { readonly kind: 'keys'; readonly keys: readonly PublicKey[] }
  | { readonly kind: 'problem'; readonly problem: string };

const NO_KEY = { base64: '', comment: '', expires: null, option: null };
const RSA_BITS_MIN = 2048;
const KEY_TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];

/** Reads all keys of a file: OpenSSH lines, or one key in the form of RFC 4716 (PuTTYgen's "Save public key"). */
export function parsePublicKeys(text: string): KeyReading {
  if (/PRIVATE KEY|^PuTTY-User-Key-File/m.test(text)) {
    return problem('this is a private key: it stays with its owner; give the public one (the .pub file)');
  }
  const plain = text.replace(/^\ufeff/, '');
  if (/^-+ ?BEGIN SSH2 PUBLIC KEY/m.test(plain)) return collect([rfc4716Line(plain)]);
  if (/^-----BEGIN (RSA )?PUBLIC KEY/m.test(plain)) {
    return problem('this is a PEM file; convert it: ssh-keygen -i -m PKCS8 -f FILE (or -m PEM)');
  }
  const lines = plain.split(/\r\n|\r|\n/).map((line) => line.trim());
  return collect(lines.filter((line) => line !== '' && !line.startsWith('#')));
}

/** One line as in authorized_keys, `expiry-time` its only option; a string says what is wrong with it. */
export function parsePublicKey(line: string): PublicKey | string {
  const [first = ''] = line.trim().split(/\s+/);
  const entry = parseAuthorizedKey(line);
  if (entry === null && first.startsWith('expiry-time=')) {
    return 'expiry-time takes YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS in quotes, with a Z behind for UTC';
  }
  const { type, base64, comment, expires, option } = entry ?? { ...NO_KEY, type: first };
  const blob = Buffer.from(base64, 'base64');
  if (!KEY_TYPES.includes(type)) return unusableType(type, line);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return 'the key is broken: what follows its type is not base64';
  const parts = blobParts(blob);
  if (parts === null || parts[0]?.toString('latin1') !== type || parts.length !== partCount(type)) {
    return 'the key is broken or cut off: copy the whole line again';
  }
  if (type === 'ssh-ed25519' && parts[1]?.length !== 32) return 'the key is broken: an ed25519 key has 32 bytes';
  if (type === 'ssh-rsa' && rsaBits(parts[2]) < RSA_BITS_MIN) {
    return `the RSA key has ${rsaBits(parts[2])} bits, at least ${RSA_BITS_MIN} are needed; better: ssh-keygen -t ed25519`;
  }
  const words = comment.replace(/\s+/g, ' ');
  return {
    line: [option ?? '', type, base64, words].filter((part) => part !== '').join(' '),
    type,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    comment: words,
    expires,
  };
}

function collect(lines: readonly string[]): KeyReading {
  if (lines.length === 0) return problem('there is no key in it');
  const keys = new Map<string, PublicKey>();
  for (const line of lines) {
    const key = parsePublicKey(line);
    if (typeof key === 'string') return problem(key);
    if (!keys.has(key.fingerprint)) keys.set(key.fingerprint, key);
  }
  return { kind: 'keys', keys: [...keys.values()] };
}

function unusableType(type: string, line: string): string {
  if (type === 'ssh-dss') return 'DSA keys are no longer safe: make one with ssh-keygen -t ed25519';
  if (type.startsWith('sk-'))
    return 'keys on security tokens (sk-...) cannot be used here: make one with ssh-keygen -t ed25519';
  if (type.includes('-cert-')) return 'this is a certificate: give the public key itself';
  if (KEY_TYPES.some((known) => line.includes(`${known} `)))
    return 'a key with options in front cannot be used: keep type, base64 and comment, and expiry-time="..." where there is one';
  return 'this is no public key: a line of it begins with ssh-ed25519, ecdsa-sha2-... or ssh-rsa';
}

/** The length-prefixed strings of a key blob (RFC 4253 section 6.6); null when they do not fill it exactly. */
function blobParts(blob: Buffer): Buffer[] | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) return null;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

function partCount(type: string): number {
  return type === 'ssh-ed25519' ? 2 : 3;
}

function rsaBits(modulus: Buffer | undefined): number {
  const from = modulus?.findIndex((byte) => byte !== 0) ?? -1;
  if (modulus === undefined || from === -1) return 0;
  return (modulus.length - from) * 8 - Math.clz32(modulus[from] ?? 0) + 24;
}

function rfc4716Line(text: string): string {
  const body = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '' && !line.startsWith('----'));
  const comment = /^Comment: *"?(.*?)"? *$/im.exec(text)?.[1] ?? '';
  const base64 = body.filter((line, index) => !isHeader(body, index) && !line.includes(':')).join('');
  const type = blobParts(Buffer.from(base64, 'base64'))?.[0]?.toString('latin1') ?? '';
  return `${type} ${base64} ${comment}`;
}

/** Whether a line goes on a header above it: that one ends in a backslash. */
function isHeader(lines: readonly string[], index: number): boolean {
  return index > 0 && (lines[index - 1]?.endsWith('\\') ?? false);
}

function problem(text: string): KeyReading {
  return { kind: 'problem', problem: text };
}
