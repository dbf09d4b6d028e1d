/**
 * HalfSipHash-2-4 (Aumasson and Bernstein's SipHash on 32-bit words) over the UTF-16 units of a text, cut to 53 bits so
 * that it is an exact number. The key is a secret of the store: nobody outside can make texts that share a hash, which
 * would make looking them up slow. Equal texts have equal hashes; who looks a text up by its hash compares the text.
 */

/** 8 bytes. */
export type HashSecret = Uint8Array;

export function createKeyedHash(secret: HashSecret): (text: string) => number {
  const view = new DataView(secret.buffer, secret.byteOffset, secret.byteLength);
  const key0 = view.getInt32(0, true);
  const key1 = view.getInt32(4, true);
  let v0 = 0;
  let v1 = 0;
  let v2 = 0;
  let v3 = 0;

  function round(): void {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }

  function compress(word: number): void {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }

  return (text) => {
    v0 = key0;
    v1 = key1 ^ 0xee;
    v2 = 0x6c796765 ^ key0;
    v3 = 0x74656462 ^ key1;
    const even = text.length & ~1;
    for (let i = 0; i < even; i += 2) compress(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    const last = text.length > even ? text.charCodeAt(even) : 0;
    compress(last | (text.length << 16));
    v2 ^= 0xee;
    for (let i = 0; i < 4; i++) round();
    const low = v1 ^ v3;
    v1 ^= 0xdd;
    for (let i = 0; i < 4; i++) round();
    return ((v1 ^ v3) & 0x1fffff) * 2 ** 32 + (low >>> 0);
  };
}
