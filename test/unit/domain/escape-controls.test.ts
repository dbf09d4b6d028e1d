import { escapeControls, escapeName } from '../../../src/domain/escape-controls';

describe('escapeControls', () => {
  it.each([
    ['a\nb\r\tc', 'a\\u000ab\\u000d\\u0009c'],
    ['\u001b[31m\u009b\u007f\u0000', '\\u001b[31m\\u009b\\u007f\\u0000'],
    ['\u2028\u2029\u202e\u2066\u200f\ufeff', '\\u2028\\u2029\\u202e\\u2066\\u200f\\ufeff'],
    ['a\ud800b', 'a\\ud800b'],
    ['Élodie Σ 😀 \u200d', 'Élodie Σ 😀 \u200d'],
  ])('%j', (text, expected) => {
    expect(escapeControls(text)).toBe(expected);
  });
});

describe('escapeName', () => {
  it.each([
    ['Élodie Σ\n', 'utf8', 'Élodie Σ\\u000a'],
    ['\ufffd', 'utf8', '\ufffd'],
    ["it's \\ \xc9\n", 'latin1', 'it\\x27s \\x5c \\xc9\\x0a'],
  ] as const)('%j in %s', (text, encoding, expected) => {
    expect(escapeName(Buffer.from(text, encoding))).toBe(expected);
  });
});
