import { ProtocolError } from '../../../../../src/adapters/sftp/codec/protocol-error';
import { joinableWrite, type WriteRequest } from '../../../../../src/adapters/sftp/session/join-writes';
import { encodeRequest } from '../../../../support/sftp-requests';

const write = (offset: bigint, content: string, handle = 'h'): WriteRequest => ({
  kind: 'write',
  id: 1,
  handle: Buffer.from(handle),
  offset,
  content: Buffer.from(content),
});
const first = write(10n, 'abc');

test('a write that goes on where the one before ends is joined', () => {
  const next = write(13n, 'de');
  expect(joinableWrite(first, encodeRequest(next))).toEqual(next);
});

test.each<[string, Buffer]>([
  ['a gap', encodeRequest(write(14n, 'de'))],
  ['an overlap', encodeRequest(write(12n, 'de'))],
  ['another handle', encodeRequest(write(13n, 'de', 'i'))],
  ['another request', encodeRequest({ kind: 'close', id: 1, handle: Buffer.from('h') })],
])('%s is not', (_, packet) => {
  expect(joinableWrite(first, packet)).toBeNull();
});

test('what cannot be read is a ProtocolError', () => {
  expect(() => joinableWrite(first, Buffer.of(6, 0))).toThrow(ProtocolError);
});
