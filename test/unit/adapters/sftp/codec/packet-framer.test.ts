import fc from 'fast-check';
import { PacketFramer } from '../../../../../src/adapters/sftp/codec/packet-framer';
import { PACKET_MAX_BYTES } from '../../../../../src/adapters/sftp/codec/packet-types';
import { ProtocolError } from '../../../../../src/adapters/sftp/codec/protocol-error';
import { framed, uint32 } from '../../../../support/sftp-requests';

function packetsOf(chunks: readonly Buffer[]): Buffer[] {
  const framer = new PacketFramer();
  const packets: Buffer[] = [];
  for (const chunk of chunks) framer.push(chunk, (packet) => packets.push(packet));
  return packets;
}

test('gives back the packets however the stream is cut', () => {
  const packet = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array));
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 10 }), cuts, (packets, lengths) => {
      const stream = Buffer.concat(packets.map(framed));
      const chunks: Buffer[] = [];
      for (let start = 0, turn = 0; start < stream.length; turn += 1) {
        const length = lengths[turn % lengths.length] ?? 1;
        chunks.push(stream.subarray(start, start + length));
        start += length;
      }
      expect(packetsOf(chunks)).toEqual(packets);
    }),
  );
});

test.each([0, PACKET_MAX_BYTES + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])('refuses a length of %d', (length) => {
  expect(() => packetsOf([uint32(length)])).toThrow(ProtocolError);
});

test('hands out the packets before a bad length', () => {
  const framer = new PacketFramer();
  const packets: Buffer[] = [];
  const stream = Buffer.concat([framed(Buffer.from('good')), uint32(0)]);
  expect(() => framer.push(stream, (packet) => packets.push(packet))).toThrow(ProtocolError);
  expect(packets.map(String)).toEqual(['good']);
});

test('takes the longest packet', () => {
  const longest = Buffer.alloc(PACKET_MAX_BYTES, 7);
  expect(packetsOf([framed(longest)])[0]?.equals(longest)).toBe(true);
});
