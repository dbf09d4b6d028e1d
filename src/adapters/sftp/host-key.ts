/**
 * The server's own key: an OpenSSH private key file, made at the first start and never again. Its file is 0600 and
 * complete or not there at all.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { utils, type ParsedKey } from 'ssh2';
import { Fault } from '../../domain/fault';
import { errorCode } from './refusal';

export interface HostKey {
  /** The private key file's content, for `SftpServerOptions.hostKeys`. */
  readonly privateKey: Buffer;
  /** One line as in `known_hosts` after the host: type and base64. */
  readonly publicKey: string;
  /** `SHA256:...`, as clients show it at the first connection. */
  readonly fingerprint: string;
  /** Made by this call. */
  readonly created: boolean;
}

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

/**
 * Reads the host key at `path`; where there is none, makes one of that type.
 * @throws Fault S901 when the file cannot be read or made, or is no private key
 */
export function loadOrCreateHostKey(path: string, type: HostKeyType = 'ed25519'): HostKey {
  const existing = readKeyFile(path);
  if (existing !== null) return { ...describe(existing, path), created: false };
  createKeyFile(path, type);
  const made = readKeyFile(path);
  if (made === null) throw new Fault('S901', `the host key ${path} cannot be made`, { retryable: false });
  return { ...describe(made, path), created: true };
}

/**
 * Reads a key that will be used later; null when there is none.
 * @throws Fault S901 when it cannot be read or is no private key
 */
export function loadHostKey(path: string): HostKey | null {
  const existing = readKeyFile(path);
  return existing === null ? null : { ...describe(existing, path), created: false };
}

/** `SHA256:` and the hash of a public key in its wire form, as OpenSSH writes it. */
export function fingerprintOf(publicKey: Buffer): string {
  return `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;
}

function readKeyFile(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new Fault('S901', `the host key ${path} cannot be read`, { retryable: false, cause: error });
  }
}

function createKeyFile(path: string, type: HostKeyType): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(file, generateKeyPair('labdrop host key', type).private);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    publishKeyFile(temporary, path);
  } catch (error) {
    throw new Fault('S901', `the host key ${path} cannot be made`, { retryable: false, cause: error });
  }
}

const GENERATION_ATTEMPTS = 20;
const RSA_BITS = 3072;

/**
 * A new key pair, OpenSSH's private file and the public line. ssh2 spoils every 256th ed25519 key, one whose public
 * half begins with a zero: such a key is thrown away.
 */
export function generateKeyPair(
  comment: string,
  type: HostKeyType = 'ed25519',
): { readonly private: string; readonly public: string } {
  for (let attempt = 0; attempt < GENERATION_ATTEMPTS; attempt += 1) {
    const pair = generateOnce(comment, type);
    if (parsePrivateKey(Buffer.from(pair.private)) !== null) return pair;
  }
  throw new Fault('S903', 'no usable key came out', { retryable: false });
}

function generateOnce(comment: string, type: HostKeyType): ReturnType<typeof utils.generateKeyPairSync> {
  switch (type) {
    case 'ed25519':
      return utils.generateKeyPairSync('ed25519', { comment });
    case 'ecdsa':
      return utils.generateKeyPairSync('ecdsa', { comment, bits: 256 });
    case 'rsa':
      return utils.generateKeyPairSync('rsa', { comment, bits: RSA_BITS });
  }
}

/** By a link, not a rename: a key that somebody made meanwhile stays. */
function publishKeyFile(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(temporary);
  }
}

function describe(privateKey: Buffer, path: string): Omit<HostKey, 'created'> {
  const key = parsePrivateKey(privateKey);
  if (key === null) {
    throw new Fault('S901', `the host key ${path} is not a private key without passphrase`, { retryable: false });
  }
  const publicKey = key.getPublicSSH();
  return {
    privateKey,
    publicKey: `${key.type} ${publicKey.toString('base64')}`,
    fingerprint: fingerprintOf(publicKey),
  };
}

function parsePrivateKey(content: Buffer): ParsedKey | null {
  const [key] = new Array<ParsedKey | Error>().concat(utils.parseKey(content));
  return key === undefined || key instanceof Error || !key.isPrivateKey() ? null : key;
}
