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

  // It runs for each record: its state is in variables of its own, which the engine keeps in registers, and its rounds
  // stand in one place. A step is two rounds: one for each word of two units, the last of which has the unit that is
  // left and the length; then two for each half of the result, on an empty word.
  return (text) => {
    let v0 = key0;
    let v1 = key1 ^ 0xee;
    let v2 = 0x6c796765 ^ key0;
    let v3 = 0x74656462 ^ key1;
    let low = 0;
    const words = (text.length >> 1) + 1;
    for (let step = 0; step < words + 4; step++) {
      const at = 2 * step;
      let word = at < text.length ? text.charCodeAt(at) : 0;
      if (at + 1 < text.length) word |= text.charCodeAt(at + 1) << 16;
      else if (step === words - 1) word |= text.length << 16;
      if (step === words) {
        v2 ^= 0xee;
      } else if (step === words + 2) {
        low = v1 ^ v3;
        v1 ^= 0xdd;
      }
      v3 ^= word;
      for (let round = 0; round < 2; round++) {
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
      v0 ^= word;
    }
    return ((v1 ^ v3) & 0x1fffff) * 2 ** 32 + (low >>> 0);
  };
}
