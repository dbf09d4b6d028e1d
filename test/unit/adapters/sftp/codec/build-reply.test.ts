import fc from 'fast-check';
import {
  allocateData,
  buildAttrs,
  buildHandle,
  buildLimits,
  buildNameEntry,
  buildNames,
  buildStatus,
  buildStatvfs,
  buildVersion,
  DATA_OFFSET,
  sealData,
} from '../../../../../src/adapters/sftp/codec/build-reply';
import { ByteReader } from '../../../../../src/adapters/sftp/codec/byte-reader';
import { PACKET, STATUS } from '../../../../../src/adapters/sftp/codec/packet-types';

/** Type and members of a reply whose length is right. */
function open(reply: Buffer): ByteReader {
  expect(reply.readUInt32BE(0)).toBe(reply.length - 4);
  return new ByteReader(reply.subarray(4));
}

test('VERSION says 3 and names the extensions', () => {
  const reader = open(buildVersion());
  expect([reader.readByte(), reader.readUint32()]).toEqual([PACKET.VERSION, 3]);
  const members = Array.from({ length: 8 }, () => reader.readString().toString());
  expect(members).toEqual([
    ...['posix-rename@openssh.com', '1', 'statvfs@openssh.com', '2'],
    ...['fsync@openssh.com', '1', 'limits@openssh.com', '1'],
  ]);
});

test('STATUS holds code, text and language', () => {
  const reader = open(buildStatus(9, STATUS.FAILURE, 'é is too much'));
  expect([reader.readByte(), reader.readUint32(), reader.readUint32()]).toEqual([PACKET.STATUS, 9, 4]);
  expect([reader.readString().toString(), reader.readString().toString()]).toEqual(['é is too much', 'en']);
});

test('HANDLE and ATTRS read back', () => {
  const uint32 = fc.nat({ max: 0xffff_ffff });
  const attributes = fc.record({
    size: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    owner: fc.option(fc.record({ uid: uint32, gid: uint32 })),
    permissions: fc.option(uint32),
    times: fc.option(fc.record({ atime: uint32, mtime: uint32 })),
  });
  fc.assert(
    fc.property(uint32, attributes, (id, wanted) => {
      const reader = open(buildAttrs(id, wanted));
      expect([reader.readByte(), reader.readUint32()]).toEqual([PACKET.ATTRS, id]);
      expect(reader.readAttributes()).toEqual(wanted);
      const handle = open(buildHandle(id, Buffer.of(1, 2, 3, 4)));
      expect([handle.readByte(), handle.readUint32(), handle.readString()]).toEqual([
        PACKET.HANDLE,
        id,
        Buffer.of(1, 2, 3, 4),
      ]);
    }),
  );
});

test('NAME counts its entries', () => {
  const attributes = { size: 5n, owner: null, permissions: null, times: null };
  const entries = ['a', 'ü'].map((name) => buildNameEntry({ name, longName: `- ${name}`, attributes }));
  const reader = open(buildNames(1, entries));
  expect([reader.readByte(), reader.readUint32(), reader.readUint32()]).toEqual([PACKET.NAME, 1, 2]);
  for (const name of ['a', 'ü']) {
    expect([reader.readString().toString(), reader.readString().toString()]).toEqual([name, `- ${name}`]);
    expect(reader.readAttributes()).toEqual(attributes);
  }
});

test('DATA is sealed to what was read', () => {
  const packet = allocateData(10);
  packet.write('abc', DATA_OFFSET);
  const reader = open(sealData(packet, 3, 3));
  expect([reader.readByte(), reader.readUint32(), reader.readString().toString()]).toEqual([PACKET.DATA, 3, 'abc']);
});

test('the extended replies hold the figures in order', () => {
  const limits = open(buildLimits(1, 64));
  expect([limits.readByte(), limits.readUint32()]).toEqual([PACKET.EXTENDED_REPLY, 1]);
  expect(Array.from({ length: 4 }, () => limits.readUint64())).toEqual([262_144n, 261_120n, 261_120n, 64n]);
  const space = open(buildStatvfs(2, { blockBytes: 512n, blocks: 10n, blocksFree: 4n, files: 7n, filesFree: 6n }));
  expect([space.readByte(), space.readUint32()]).toEqual([PACKET.EXTENDED_REPLY, 2]);
  const figures = Array.from({ length: 11 }, () => space.readUint64());
  expect(figures).toEqual([512n, 512n, 10n, 4n, 4n, 7n, 6n, 6n, 0n, 0n, 255n]);
});
