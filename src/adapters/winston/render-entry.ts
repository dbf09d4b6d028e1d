/**
 * One log entry to one line: JSON for machines, text for people. A line never holds a raw control character, whatever
 * the fields hold; rendering never throws.
 */
import type { LogFields, LogLevel } from '../../ports/logger';
import { escapeControls } from '../../domain/escape-controls';

export interface LogEntry {
  readonly at: Date;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

/** `{"time":...,"level":...,"event":...,...fields}`; a field cannot take the place of the first three. */
export function renderJson(entry: LogEntry): string {
  const head = { time: entry.at.toISOString(), level: entry.level, event: entry.event };
  const members = Object.entries<unknown>({ ...head, ...entry.fields, ...head })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${stringify(value)}`);
  return escapeControls(`{${members.join(',')}}`);
}

/** `2026-01-31 09:15:00.123 WARN  event  name=value name="two words"`, local time. */
export function renderText(entry: LogEntry): string {
  const fields = Object.entries(entry.fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${escapeControls(name)}=${textValue(value)}`);
  return [localTime(entry.at), entry.level.toUpperCase().padEnd(5), entry.event, ...fields].join(' ');
}

function textValue(value: unknown): string {
  const plain = plainValue(value);
  const text = typeof plain === 'string' ? plain : stringify(plain);
  return /^[^\s"=\p{Cc}]+$/u.test(text) || typeof plain !== 'string'
    ? escapeControls(text)
    : escapeControls(stringify(text));
}

function stringify(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return JSON.stringify(value);
  const met = new Set<unknown>();
  // A cycle would end in an exception: what was met on the way is not entered again.
  const once = (_key: string, member: unknown): unknown => {
    const plain = plainValue(member);
    if (typeof plain !== 'object' || plain === null) return plain;
    if (met.has(plain)) return '[again]';
    met.add(plain);
    return plain;
  };
  try {
    const text: unknown = JSON.stringify(value, once);
    return typeof text === 'string' ? text : 'null';
  } catch (error) {
    return JSON.stringify({ unreadable: String(error) });
  }
}

/** What JSON cannot say, as something that it can. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (isError(value)) {
    const { name, message, stack, code, cause } = value as NodeJS.ErrnoException & { cause?: unknown };
    return { name, message, code, stack, cause };
  }
  return value;
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function localTime(at: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${day} ${time}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
