import { failure, isServerFault, refusalOfError } from '../../../../src/adapters/sftp/refusal';

const diskError = (code: string): Error => Object.assign(new Error(`${code}: open '/var/lib/secret'`), { code });

test.each([
  ['ENOENT', 2, false],
  ['ENOTDIR', 2, false],
  ['EACCES', 3, true],
  ['EROFS', 3, true],
  ['ENOSPC', 4, true],
  ['EIO', 4, true],
])('%s becomes status %d and tells no path', (code, status, fault) => {
  const error = diskError(code);
  const refusal = refusalOfError(error);
  expect(refusal.status).toBe(status);
  expect(refusal.message).not.toContain('secret');
  expect(isServerFault(error)).toBe(fault);
});

test('a refusal stays what it is, and anything else is a failure', () => {
  const refusal = failure('no');
  expect(refusalOfError(refusal)).toBe(refusal);
  expect(isServerFault(refusal)).toBe(false);
  expect(refusalOfError('text')).toMatchObject({ status: 4 });
});
