import { printable } from '../../../../src/adapters/sftp/printable';

test.each([
  ['plain name.csv', 'plain name.csv'],
  ['a\nb', 'a\\x0ab'],
  ['\u001b[31m', '\\x1b[31m'],
  ['é', '\\xc3\\xa9'],
  ['back\\slash', 'back\\x5cslash'],
])('%j', (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('is cut', () => {
  expect(printable('x'.repeat(10_000))).toHaveLength(300);
});
