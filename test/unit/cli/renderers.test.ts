import { age, localTime } from '../../../src/cli/local-time';
import { parseSince } from '../../../src/cli/parse-since';
import { renderPairs, renderTable } from '../../../src/cli/render-table';

const now = new Date('2026-01-31T12:00:00.000Z');

describe('renderTable', () => {
  it('aligns text to the left, numbers to the right, and leaves no blanks at the end', () => {
    const table = renderTable(
      ['name', 'count', 'what'],
      [
        ['a', 1, 'x'],
        ['längér', 1000, null],
      ],
    );
    expect(table).toBe('name    count  what\na           1  x\nlängér   1000  -');
  });

  it('writes control characters as escapes', () => {
    expect(renderTable(['a'], [['x\ny\u001b']])).toBe('a\nx\\u000ay\\u001b');
    expect(renderPairs([['a', 'x\n']])).toBe('a  x\\u000a');
  });

  it('leaves out pairs without a value', () => {
    expect(
      renderPairs([
        ['a', null],
        ['long', 0],
      ]),
    ).toBe('long  0');
  });
});

describe('localTime', () => {
  it('tells the same moment, with the zone', () => {
    const shown = localTime('2026-01-31T12:00:00.000Z')!;
    expect(shown).toMatch(/^2026-0[12]-\d\d \d\d:\d\d:00 [+-]\d\d:\d\d$/);
    expect(new Date(shown.replace(' ', 'T').replace(' ', '')).toISOString()).toBe('2026-01-31T12:00:00.000Z');
  });

  it.each([
    [null, null],
    ['no time', 'no time'],
  ])('%j is %j', (given, expected) => {
    expect(localTime(given)).toBe(expected);
  });
});

describe('age', () => {
  it.each([
    ['2026-01-31T11:59:15.000Z', '45 s'],
    ['2026-01-31T11:58:00.000Z', '2 min'],
    ['2026-01-31T10:00:00.000Z', '2 h'],
    ['2026-01-29T12:00:00.000Z', '2 d'],
    ['2026-01-31T12:00:05.000Z', '0 s'],
  ])('%s is %s ago', (since, expected) => {
    expect(age(since, now)).toBe(expected);
  });
});

describe('parseSince', () => {
  it.each([
    ['90s', '2026-01-31T11:58:30.000Z'],
    ['30m', '2026-01-31T11:30:00.000Z'],
    ['24h', '2026-01-30T12:00:00.000Z'],
    ['7d', '2026-01-24T12:00:00.000Z'],
    ['2w', '2026-01-17T12:00:00.000Z'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01 02:00+02:00', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01 02:00:00 +02:00', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00.123 Z', '2026-01-01T00:00:00.123Z'],
    ['2025-12-31 19:00 -0500', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01', new Date(2026, 0, 1).toISOString()],
    ['2026-01-01 09:15', new Date(2026, 0, 1, 9, 15).toISOString()],
  ])('%s', (text, expected) => {
    expect(parseSince(text, now)).toBe(expected);
  });

  it.each(['2026-01-31T08:15:42.000Z', '2026-07-31T22:15:42.000Z'])('takes %s as it is shown', (iso) => {
    expect(parseSince(localTime(iso)!, now)).toBe(iso);
    expect(parseSince(iso, now)).toBe(iso);
  });

  it.each([
    ...['', 'h', '5', '5y', '-5h', '2026-1-1', '2026-02-30', '2026-01-01 25:00', 'yesterday'],
    ...['2026-01-01 +01:00', '2026-01-01 09:15 +01', '2026-01-01 09:15 +99:00', '2026-01-01 09:15  Z'],
  ])('refuses %j', (text) => {
    expect(() => parseSince(text, now)).toThrow(/write 30m/);
  });
});
