/**
 * The log: winston, one line an event, on standard output for journald. A stream that is gone (a closed pipe) costs the
 * lines, never the process.
 */
import { createLogger as createWinston, format, transports } from 'winston';
import type { LogFields, Logger, LogLevel } from '../../ports/logger';
import { renderJson, renderText } from './render-entry';

// Where winston keeps an entry's level and looks for the finished line.
const LEVEL = Symbol.for('level');
const MESSAGE = Symbol.for('message');

export interface LoggerOptions {
  /** Least level that is written. */
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  /** Standard output unless given. */
  readonly stream?: NodeJS.WritableStream;
  readonly now?: () => Date;
}

/** A log whose least level may change while it is in use. */
export interface LeveledLogger extends Logger {
  setLevel(level: LogLevel): void;
}

export function createLogger(options: LoggerOptions): LeveledLogger {
  const now = options.now ?? (() => new Date());
  const render = options.format === 'json' ? renderJson : renderText;
  const line = format((info) => {
    const { event, fields } = info as unknown as { event: string; fields: LogFields };
    info[MESSAGE] = render({ at: now(), level: info[LEVEL] as LogLevel, event, fields });
    return info;
  });
  const stream = options.stream ?? process.stdout;
  stream.on('error', ignoreClosedStream);
  const winston = createWinston({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: line(),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types it as an interface
    transports: [new transports.Stream({ stream, eol: '\n' })],
  });
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      // winston renders first and looks at the level then.
      if (winston.isLevelEnabled(level)) winston.log({ level, message: '', event, fields });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel: (level) => (winston.level = level),
  };
}

/** There is nowhere left to tell it, and the work must go on. */
function ignoreClosedStream(): void {
  return;
}
