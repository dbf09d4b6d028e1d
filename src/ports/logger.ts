/**
 * How every part of the product tells the operator what happens: one event by its stable name, with fields.
 * Fields never hold a value out of a sender's file. Logging never throws and never waits.
 */
import type { LogEvent } from './log-events';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  error(event: LogEvent, fields?: LogFields): void;
}
