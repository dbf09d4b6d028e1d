/**
 * What the server offers in the handshake. Never, under any policy: group exchange (ssh2 offers it and cannot do it),
 * SHA-1, CBC, and compression, which works before login and blows 33 KB up to 33 MB.
 */
import type { Algorithms } from 'ssh2';

export type AlgorithmPolicy = 'modern' | 'compat';

/**
 * The libssh.org name stands first because clients that guess the first key exchange (dropbear) otherwise wait for
 * ever: ssh2 takes every guess for wrong.
 */
const MODERN = {
  kex: ['curve25519-sha256@libssh.org', 'curve25519-sha256'],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes256-ctr',
    'aes192-ctr',
    'aes128-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
} as const;

/** For clients of ten years ago: NIST curves, fixed groups with SHA-2, and MACs that are not encrypt-then-MAC. */
const COMPAT = {
  kex: [
    ...MODERN.kex,
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: MODERN.cipher,
  hmac: [...MODERN.hmac, 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: MODERN.compress,
} as const;

export function algorithmsOf(policy: AlgorithmPolicy): Algorithms {
  const { kex, cipher, hmac, compress } = policy === 'modern' ? MODERN : COMPAT;
  return { kex: [...kex], cipher: [...cipher], hmac: [...hmac], compress: [...compress] };
}
