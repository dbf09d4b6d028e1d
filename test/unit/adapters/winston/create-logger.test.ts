import { PassThrough } from 'node:stream';
import { createLogger, type LoggerOptions } from '../../../../src/adapters/winston/create-logger';
import type { Logger } from '../../../../src/ports/logger';
import { LOG_EVENTS } from '../../../../src/ports/log-events';

const at = new Date(2026, 0, 31, 9, 15, 0, 123);

function logged(options: Omit<LoggerOptions, 'stream' | 'now'>, write: (logger: Logger) => void): string[] {
  const stream = new PassThrough();
  write(createLogger({ ...options, stream, now: () => at }));
  const text = String(stream.read() ?? '');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

const one = (format: 'json' | 'text', fields: Record<string, unknown>): string => {
  const lines = logged({ level: 'info', format }, (logger) => logger.info('batch.done', fields));
  expect(lines).toHaveLength(1);
  return lines[0]!;
};

describe('createLogger', () => {
  it('writes one JSON object a line: time, level, event, fields', () => {
    expect(JSON.parse(one('json', { batch: 'b1', records: 3, outcome: null }))).toEqual({
      time: at.toISOString(),
      level: 'info',
      event: 'batch.done',
      batch: 'b1',
      records: 3,
      outcome: null,
    });
  });

  it('does not let a field take the place of time, level or event', () => {
    expect(JSON.parse(one('json', { event: 'x', level: 'error', time: 0, message: 'm' }))).toEqual({
      time: at.toISOString(),
      level: 'info',
      event: 'batch.done',
      message: 'm',
    });
  });

  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('at level %s writes %d of the four levels', (level, count) => {
    const lines = logged({ level, format: 'json' }, (logger) => {
      logger.debug('inbox.scan');
      logger.info('batch.done');
      logger.warn('batch.retry');
      logger.error('fault');
    });
    expect(lines).toHaveLength(count);
  });

  it.each([
    ['plain', 'plain'],
    [12, '12'],
    [true, 'true'],
    ['', '""'],
    ['two words', '"two words"'],
    ['a"b', '"a\\"b"'],
    ['a=b', '"a=b"'],
    [['a', 1], '["a",1]'],
    [12n, '12'],
    [null, 'null'],
  ])('text: %j as %s', (value, expected) => {
    expect(one('text', { field: value })).toBe(`2026-01-31 09:15:00.123 INFO  batch.done field=${expected}`);
  });

  it.each([
    ['escape sequences', '\u001b[31mred\u001b[0m'],
    ['line ends', 'a\nb\r\nc\u2028d\u2029e\u0085f'],
    ['one-byte control introducers', '\u009b31m\u007f'],
    ['marks that turn the direction', 'gpj\u202eexe.\u2066\u200f'],
    ['a lone surrogate', 'a\ud800b'],
    ['NUL and BEL', 'a\u0000\u0007'],
  ])('shows no raw %s, in either format, in names as in values', (_, hostile) => {
    for (const format of ['json', 'text'] as const) {
      const line = one(format, { value: hostile, [hostile]: 1, deep: { list: [hostile] } });
      expect(line).toMatch(/^[\x20-\x7e]+$/);
    }
    expect(JSON.parse(one('json', { value: hostile }))).toMatchObject({ value: hostile });
  });

  it('keeps letters of every language', () => {
    expect(one('text', { name: 'Élodie-Σ-😀' })).toContain('name=Élodie-Σ-😀');
  });

  it('writes an error with its code, stack and cause', () => {
    const error = Object.assign(new Error('no space left', { cause: new Error('inner') }), { code: 'ENOSPC' });
    expect(JSON.parse(one('json', { error }))).toMatchObject({
      error: { name: 'Error', message: 'no space left', code: 'ENOSPC', cause: { message: 'inner' } },
    });
  });

  it.each([
    [
      'a cycle',
      () => {
        const value: Record<string, unknown> = {};
        value['self'] = value;
        return value;
      },
    ],
    [
      'a getter that throws',
      () => ({
        get bad(): never {
          throw new Error('no');
        },
      }),
    ],
    ['a function and a symbol', () => [() => 1, Symbol('s'), undefined]],
  ])('survives %s', (_, make) => {
    for (const format of ['json', 'text'] as const) expect(one(format, { value: make() })).toContain('batch.done');
  });

  it('outlives its stream', () => {
    const stream = new PassThrough();
    const logger = createLogger({ level: 'info', format: 'json', stream });
    stream.emit('error', new Error('EPIPE'));
    expect(() => logger.info('daemon.stop')).not.toThrow();
  });
});

describe('LOG_EVENTS', () => {
  it.each(Object.entries(LOG_EVENTS))('%s is a stable lower-case name with a meaning', (name, meaning) => {
    expect(name).toMatch(/^[a-z]+(\.[a-z]+(-[a-z]+)*)?$/);
    expect(meaning).toMatch(/^[A-Z].{10,}[^.]$/);
  });
});
