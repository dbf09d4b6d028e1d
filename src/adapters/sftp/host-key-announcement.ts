/**
 * Tells a client that has logged in all host keys of the server, those that come into use later among them, and proves
 * to hold them, so that a key can be replaced without a warning on the client's side.
 * @see OpenSSH PROTOCOL, section 2.5
 */
import { sign } from 'node:crypto';
import { utils, type Connection as SshConnection, type ParsedKey } from 'ssh2';
import { counted, uint32 } from './codec/build-reply';
import { splitBlob } from './login/split-blob';
import { answerGlobalRequest, negotiatedHostKey, sendPayload, sessionId } from './ssh2-internals';

interface HostKeyPair {
  readonly type: string;
  readonly publicKey: Buffer;
  readonly privatePem: string;
}

const GLOBAL_REQUEST = 80;
const ANNOUNCE = 'hostkeys-00@openssh.com';
const PROVE = 'hostkeys-prove-00@openssh.com';
const HASHES: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

export class HostKeyAnnouncement {
  private readonly keys: readonly HostKeyPair[];

  constructor(inUse: readonly Buffer[], later: readonly Buffer[]) {
    this.keys = [...inUse, ...later].flatMap(readPair);
  }

  /** With one key there is nothing to tell. */
  offer(client: SshConnection): void {
    if (this.keys.length < 2) return;
    answerGlobalRequest(client, PROVE, (content) => this.prove(client, content));
    const names = this.keys.map(({ publicKey }) => counted(publicKey));
    client.once('ready', () => {
      sendPayload(client, Buffer.concat([Buffer.of(GLOBAL_REQUEST), counted(ANNOUNCE), Buffer.of(0), ...names]));
    });
  }

  /** A signature for each key that the client names; null when one is not ours. */
  private prove(client: SshConnection, content: Buffer): Buffer | null {
    const session = sessionId(client);
    const wanted = splitBlob(content);
    if (session === null || wanted.length === 0 || wanted.length > this.keys.length) return null;
    const signatures: Buffer[] = [];
    for (const publicKey of wanted) {
      const pair = this.keys.find((key) => key.publicKey.equals(publicKey));
      if (pair === undefined) return null;
      const proven = Buffer.concat([counted(PROVE), counted(session), counted(publicKey)]);
      signatures.push(counted(signWith(pair, proven, negotiatedHostKey(client))));
    }
    return Buffer.concat(signatures);
  }
}

function readPair(privateKey: Buffer): HostKeyPair[] {
  const [key] = new Array<ParsedKey | Error>().concat(utils.parseKey(privateKey));
  if (key === undefined || key instanceof Error) return [];
  return [{ type: key.type, publicKey: key.getPublicSSH(), privatePem: key.getPrivatePEM() }];
}

/** @param negotiated what the key exchange was signed with: an RSA key signs in the same way again */
function signWith({ type, privatePem }: HostKeyPair, content: Buffer, negotiated: string): Buffer {
  const algorithm = type !== 'ssh-rsa' ? type : negotiated.startsWith('rsa-') ? negotiated : 'rsa-sha2-512';
  const signature = sign(HASHES[algorithm] ?? null, content, { key: privatePem, dsaEncoding: 'ieee-p1363' });
  const value = type.startsWith('ecdsa-') ? countedNumbers(signature) : signature;
  return Buffer.concat([counted(algorithm), counted(value)]);
}

/** Two numbers of a fixed length to two counted ones without needless zeros. */
function countedNumbers(joined: Buffer): Buffer {
  const half = joined.length / 2;
  const parts = [joined.subarray(0, half), joined.subarray(half)].map((number) => {
    const digits = number.subarray(number.findIndex((byte) => byte !== 0));
    return (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits]);
  });
  return Buffer.concat(parts.flatMap((part) => [uint32(part.length), part]));
}
