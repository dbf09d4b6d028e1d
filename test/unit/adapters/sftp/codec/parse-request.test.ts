import fc from 'fast-check';
import { buildAttributes } from '../../../../../src/adapters/sftp/codec/file-attributes';
import { PACKET } from '../../../../../src/adapters/sftp/codec/packet-types';
import { parseRequest } from '../../../../../src/adapters/sftp/codec/parse-request';
import { ProtocolError } from '../../../../../src/adapters/sftp/codec/protocol-error';
import type { SftpRequest } from '../../../../../src/adapters/sftp/codec/sftp-request';
import { counted, encodeRequest, NO_ATTRIBUTES, uint32 } from '../../../../support/sftp-requests';

const id = fc.nat({ max: 0xffff_ffff });
const uint32s = fc.nat({ max: 0xffff_ffff });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const offset = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const attributes = fc.record({
  size: fc.option(offset),
  owner: fc.option(fc.record({ uid: uint32s, gid: uint32s })),
  permissions: fc.option(uint32s),
  times: fc.option(fc.record({ atime: uint32s, mtime: uint32s })),
});
const kind = <K extends SftpRequest['kind']>(name: K): fc.Arbitrary<K> => fc.constant(name);

const requests: fc.Arbitrary<SftpRequest> = fc.oneof(
  fc.record({ kind: kind('init'), version: uint32s }),
  fc.record({ kind: kind('open'), id, path: bytes, flags: uint32s, attributes }),
  fc.record({ kind: kind('close'), id, handle: bytes }),
  fc.record({ kind: kind('read'), id, handle: bytes, offset, length: uint32s }),
  fc.record({ kind: kind('write'), id, handle: bytes, offset, content: bytes }),
  fc.record({ kind: kind('stat'), id, path: bytes }),
  fc.record({ kind: kind('fstat'), id, handle: bytes }),
  fc.record({ kind: kind('setstat'), id, path: bytes, attributes }),
  fc.record({ kind: kind('fsetstat'), id, handle: bytes, attributes }),
  fc.record({ kind: kind('opendir'), id, path: bytes }),
  fc.record({ kind: kind('readdir'), id, handle: bytes }),
  fc.record({ kind: kind('remove'), id, path: bytes }),
  fc.record({ kind: kind('folders-fixed'), id, operation: fc.constantFrom('mkdir', 'rmdir') }),
  fc.record({ kind: kind('realpath'), id, path: bytes }),
  fc.record({ kind: kind('rename'), id, from: bytes, to: bytes, replace: fc.boolean() }),
  fc.record({ kind: kind('statvfs'), id }),
  fc.record({ kind: kind('fsync'), id, handle: bytes }),
  fc.record({ kind: kind('limits'), id }),
  fc.record({ kind: kind('unsupported'), id, what: fc.constant('links') }),
);

test('reads back every request that a client can write', () => {
  fc.assert(
    fc.property(requests, (request) => {
      expect(parseRequest(encodeRequest(request))).toEqual(request);
    }),
    { numRuns: 500 },
  );
});

test('bytes after the last member change nothing', () => {
  fc.assert(
    fc.property(requests, bytes, (request, rest) => {
      expect(parseRequest(Buffer.concat([encodeRequest(request), rest]))).toEqual(request);
    }),
  );
});

test('a packet that is cut off anywhere is a ProtocolError, or asks for the same without its tail', () => {
  fc.assert(
    fc.property(requests, fc.nat(), (request, cut) => {
      const whole = encodeRequest(request);
      expectParsedOrProtocolError(whole.subarray(0, cut % whole.length));
    }),
    { numRuns: 500 },
  );
});

test('whatever comes, nothing but a ProtocolError is thrown', () => {
  const anyType = fc.constantFrom(...Object.values(PACKET), 0, 77, 255);
  fc.assert(
    fc.property(anyType, fc.uint8Array({ maxLength: 64 }), (type, body) => {
      expectParsedOrProtocolError(Buffer.concat([Buffer.of(type), body]));
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, Buffer]>([
  ['an empty packet', Buffer.alloc(0)],
  ['a request without id', Buffer.of(PACKET.STAT, 0, 0)],
  ['a path longer than the packet', Buffer.concat([Buffer.of(PACKET.STAT), uint32(1), uint32(0xffff_ffff)])],
  [
    'more extended attributes than there are bytes',
    Buffer.concat([Buffer.of(PACKET.SETSTAT), uint32(1), counted('a'), uint32(0x8000_0000), uint32(0xffff_ffff)]),
  ],
])('%s is a ProtocolError', (_, packet) => {
  expect(() => parseRequest(packet)).toThrow(ProtocolError);
});

test.each<[string, Buffer]>([
  ['an unknown packet type', Buffer.concat([Buffer.of(99), uint32(7)])],
  ['an unknown extension', Buffer.concat([Buffer.of(PACKET.EXTENDED), uint32(7), counted('copy-data')])],
  ['a link to be read', Buffer.concat([Buffer.of(PACKET.READLINK), uint32(7), counted('a')])],
])('%s is answered as unsupported', (_, packet) => {
  expect(parseRequest(packet)).toMatchObject({ kind: 'unsupported', id: 7 });
});

test('LSTAT is answered as STAT is, as there are no links', () => {
  expect(parseRequest(Buffer.concat([Buffer.of(PACKET.LSTAT), uint32(1), counted('/a')]))).toEqual(
    parseRequest(encodeRequest({ kind: 'stat', id: 1, path: Buffer.from('/a') })),
  );
});

test('extended attributes are read over', () => {
  const extended = Buffer.concat([uint32(0x8000_0004), uint32(0o644), uint32(1), counted('name'), counted('value')]);
  const packet = Buffer.concat([Buffer.of(PACKET.SETSTAT), uint32(1), counted('a'), extended]);
  expect(parseRequest(packet)).toMatchObject({ attributes: { ...NO_ATTRIBUTES, permissions: 0o644 } });
  expect(buildAttributes(NO_ATTRIBUTES)).toEqual(uint32(0));
});

function expectParsedOrProtocolError(packet: Buffer): void {
  try {
    expect(parseRequest(packet)).toHaveProperty('kind');
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
  }
}
