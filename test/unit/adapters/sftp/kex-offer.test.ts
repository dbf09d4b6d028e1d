import fc from 'fast-check';
import {
  describeMismatch,
  isGuessRight,
  parseKexOffer,
  type KexOffer,
  type OfferedLists,
} from '../../../../src/adapters/sftp/kex-offer';
import { counted, uint32 } from '../../../support/sftp-requests';

const SERVED: OfferedLists = {
  kex: ['curve25519-sha256@libssh.org', 'curve25519-sha256'],
  hostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes128-ctr'],
  mac: ['hmac-sha2-256-etm@openssh.com'],
  compress: ['none'],
};

const offered = (changes: Partial<KexOffer> = {}): KexOffer => ({ ...SERVED, guessFollows: false, ...changes });

function packet(offer: KexOffer): Buffer {
  const { kex, hostKey, cipher, mac, compress, guessFollows } = offer;
  const lists = [kex, hostKey, cipher, cipher, mac, mac, compress, compress, [], []];
  const payload = [Buffer.of(20), Buffer.alloc(16), ...lists.map((list) => counted(list.join(',')))];
  const body = Buffer.concat([Buffer.of(4), ...payload, Buffer.of(guessFollows ? 1 : 0), uint32(0), Buffer.alloc(4)]);
  return Buffer.concat([uint32(body.length), body]);
}

test.each([offered(), offered({ guessFollows: true, kex: ['a', 'b'] })])('reads what was written', (offer) => {
  expect(parseKexOffer(packet(offer))).toEqual(offer);
});

test('anything else is no offer, and never throws', () => {
  const whole = packet(offered());
  expect(parseKexOffer(whole.subarray(0, 60))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const chosen = Buffer.concat([whole.subarray(0, 22), bytes]);
      expect(() => parseKexOffer(chosen)).not.toThrow();
    }),
  );
});

test.each<[Partial<KexOffer>, string | null]>([
  [{}, null],
  [{ kex: ['diffie-hellman-group1-sha1', 'curve25519-sha256'] }, null],
  [{ kex: ['diffie-hellman-group1-sha1'] }, 'client offered only key exchange diffie-hellman-group1-sha1'],
  [{ hostKey: ['ssh-rsa', 'ssh-dss'] }, 'client offered only host key ssh-rsa, ssh-dss'],
  [{ cipher: ['aes128-cbc'] }, 'client offered only cipher aes128-cbc'],
  [{ mac: ['hmac-sha1'] }, null],
  [{ cipher: ['aes128-ctr'], mac: ['hmac-sha1'] }, 'client offered only MAC hmac-sha1'],
  [{ compress: ['zlib'] }, 'client offered only compression zlib'],
  [{ kex: Array.from({ length: 14 }, (_, index) => `k${index}`) }, ' and 2 more'],
])('%j: %j', (changes, expected) => {
  const described = describeMismatch(offered(changes), SERVED);
  if (expected === null) expect(described).toBeNull();
  else expect(described).toContain(expected);
});

test.each<[Partial<KexOffer>, boolean]>([
  [{}, true],
  [{ kex: ['curve25519-sha256'] }, false],
  [{ hostKey: ['ssh-rsa', 'ssh-ed25519'] }, false],
])('the guess of %j is right: %s', (changes, right) => {
  expect(isGuessRight(offered(changes), SERVED)).toBe(right);
});
