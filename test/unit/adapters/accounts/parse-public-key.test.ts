import { generateKeyPairSync } from 'node:crypto';
import { generateKeyPair } from '../../../../src/adapters/sftp/host-key';
import { parsePublicKey, parsePublicKeys } from '../../../../src/adapters/accounts/parse-public-key';

const part = (bytes: Buffer | string): Buffer => {
  const body = Buffer.from(bytes as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
};
const blob = (...parts: (Buffer | string)[]): string => Buffer.concat(parts.map(part)).toString('base64');

const rsaModulus = (bits: number): Buffer => {
  const { n } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([0]), Buffer.from(n!, 'base64url')]);
};
const RSA = `ssh-rsa ${blob('ssh-rsa', Buffer.from([1, 0, 1]), rsaModulus(2048))}`;
const WEAK_RSA = `ssh-rsa ${blob('ssh-rsa', Buffer.from([1, 0, 1]), rsaModulus(1024))}`;
const ED25519 = `ssh-ed25519 ${blob('ssh-ed25519', Buffer.alloc(32, 7))}`;
const ECDSA = `ecdsa-sha2-nistp256 ${blob('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(65, 4))}`;

describe('parsePublicKeys', () => {
  it.each([
    ['ed25519', ED25519],
    ['ecdsa', ECDSA],
    ['rsa', RSA],
  ])('takes an %s key, with and without comment, line end, byte order mark', (_, key) => {
    for (const text of [key, `${key} a comment\r\n`, `\ufeff# our key\n\n  ${key}  \n`]) {
      const reading = parsePublicKeys(text);
      expect(reading).toMatchObject({ kind: 'keys', keys: [{ type: key.split(' ')[0] }] });
    }
  });

  it('agrees with ssh2 on a generated key and shows the fingerprint as OpenSSH does', () => {
    const pair = generateKeyPair('me');
    const reading = parsePublicKeys(pair.public);
    expect(reading).toMatchObject({ kind: 'keys', keys: [{ line: pair.public.trim(), comment: 'me' }] });
    // The fingerprint of a known key, as `ssh-keygen -lf` prints it.
    expect(
      parsePublicKey('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'),
    ).toMatchObject({
      fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    });
  });

  it('takes several keys of one file, each once', () => {
    const reading = parsePublicKeys([ED25519, RSA, `${ED25519} again`].join('\n'));
    expect(reading.kind === 'keys' && reading.keys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ssh-rsa']);
  });

  it.each([
    ['20270131', new Date(2027, 0, 31)],
    ['202701311405', new Date(2027, 0, 31, 14, 5)],
    ['20270131140506Z', new Date('2027-01-31T14:05:06Z')],
  ])('takes the end of a key from expiry-time="%s"', (text, expires) => {
    const line = `expiry-time="${text}" ${ED25519} me`;
    expect(parsePublicKey(line)).toMatchObject({ line, type: 'ssh-ed25519', comment: 'me', expires });
  });

  it.each(['', '2027', '20270230', '20271301', '2027013125', '202701312500', '20270131+01'])(
    'refuses expiry-time="%s"',
    (text) => {
      expect(parsePublicKey(`expiry-time="${text}" ${ED25519}`)).toMatch(/^expiry-time takes YYYYMMDD,/);
    },
  );

  it.each(['Comment: "my key"', 'Comment: my key', 'Subject: x\\\r\ncontinued\r\nComment: "my key"'])(
    'takes the form of RFC 4716 with the header %j',
    (header) => {
      const base64 = ED25519.split(' ')[1]!.replace(/(.{30})/g, '$1\r\n');
      const text = `---- BEGIN SSH2 PUBLIC KEY ----\r\n${header}\r\n${base64}\r\n---- END SSH2 PUBLIC KEY ----\r\n`;
      expect(parsePublicKeys(text)).toMatchObject({ kind: 'keys', keys: [{ line: `${ED25519} my key` }] });
    },
  );

  it.each([
    ['an OpenSSH private key', generateKeyPair('').private, /private key/],
    ['a PuTTY private key', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', /private key/],
    ['a PEM private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE', /private key/],
    ['a PEM public key', '-----BEGIN PUBLIC KEY-----\nMIIB', /ssh-keygen -i/],
    ['nothing', '\n# only a remark\n', /no key/],
    ['a text', 'Dear Sir, my key is', /is no public key/],
    ['a DSA key', 'ssh-dss AAAAB3NzaC1kc3MAAACB', /DSA/],
    ['a token key', 'sk-ssh-ed25519@openssh.com AAAA', /security tokens/],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA', /certificate/],
    ['options in front', `command="x" ${ED25519}`, /options/],
    ['a short RSA key', WEAK_RSA, /1024 bits/],
    ['a key that is cut off', ED25519.slice(0, -8), /broken/],
    ['a key with another type in front', ED25519.replace('ssh-ed25519 ', 'ssh-rsa '), /broken/],
    ['a key that is not base64', ED25519.replace('AAAA', '%%%%'), /not base64/],
    ['a key of the wrong size', `ssh-ed25519 ${blob('ssh-ed25519', Buffer.alloc(31))}`, /32 bytes/],
    ['an RSA key without a modulus', `ssh-rsa ${blob('ssh-rsa', '', '')}`, /0 bits/],
    ['a good line beside a bad one', `${ED25519}\nssh-rsa`, /broken/],
  ])('refuses %s', (_, text, problem) => {
    expect(parsePublicKeys(text)).toEqual({ kind: 'problem', problem: expect.stringMatching(problem) as string });
  });
});
