/**
 * The naming rule `<sender>_<MessageType>_<yymmddhhmmss>`: reads the three parts of a base name and tells everything
 * that is wrong with them at once. Pure: the present time is an argument. It never throws; what cannot be read is null.
 */
import type { Account } from '../../domain/account';
import { createFinding } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import { nearest } from '../../domain/nearest';

export interface NameContext {
  /** Known message types, as the schemas write them. */
  readonly types: readonly string[];
  /** Null where no account is concerned: F003 and F016 are not judged. */
  readonly account: Pick<Account, 'senders' | 'messageTypes'> | null;
  /** Belgian local time, `YYYY-MM-DD hh:mm:ss`. */
  readonly now: string;
  /** The name as uploaded: the value of F001. */
  readonly fileName: string;
}

export interface ParsedName {
  /** Eight digits, or null. */
  readonly sender: string | null;
  /** A known type, or null. */
  readonly messageType: string | null;
  /** Belgian local time, `YYYY-MM-DD hh:mm:ss`, or null. */
  readonly fileTime: string | null;
  readonly findings: readonly Finding[];
}

const RULE = '<sender>_<MessageType>_<yymmddhhmmss>';
const DAY_MS = 86_400_000;
const EXPECTED_MAX = 15;

export function parseName(base: string, context: NameContext): ParsedName {
  const findings: Finding[] = [];
  const first = base.indexOf('_');
  const last = base.lastIndexOf('_');
  if (first === last) {
    findings.push(createFinding('F001', { value: context.fileName, expected: RULE }));
    return { sender: null, messageType: null, fileTime: null, findings };
  }
  const senderPart = base.slice(0, first);
  const typePart = base.slice(first + 1, last);
  const timePart = base.slice(last + 1);
  const sender = /^[0-9]{8}$/.test(senderPart) ? senderPart : null;
  const timeDigits = /^[0-9]{12}$/.test(timePart) ? timePart : null;
  if (sender === null || timeDigits === null || typePart === '') {
    findings.push(createFinding('F001', { value: context.fileName, expected: RULE }));
  }
  const messageType = context.types.includes(typePart) ? typePart : null;
  if (messageType === null && typePart !== '') findings.push(unknownType(typePart, context.types));
  findings.push(...checkAllowed(sender, messageType, context.account));
  const fileTime = timeDigits === null ? null : readFileTime(timeDigits);
  if (timeDigits !== null) findings.push(...checkTime(timeDigits, fileTime, context.now));
  return { sender, messageType, fileTime, findings };
}

function unknownType(type: string, types: readonly string[]): Finding {
  return createFinding('F002', {
    value: type,
    expected: types.length <= EXPECTED_MAX ? types.join(' | ') : null,
    suggestion: nearest(type, types),
    params: { type },
  });
}

function checkAllowed(sender: string | null, type: string | null, account: NameContext['account']): Finding[] {
  if (account === null) return [];
  const findings: Finding[] = [];
  if (sender !== null && !account.senders.includes(sender)) {
    const expected = account.senders.length <= EXPECTED_MAX ? account.senders.join(' | ') : null;
    findings.push(createFinding('F003', { value: sender, expected, params: { sender } }));
  }
  if (type !== null && account.messageTypes !== null && !account.messageTypes.includes(type)) {
    const expected = account.messageTypes.length <= EXPECTED_MAX ? account.messageTypes.join(' | ') : null;
    findings.push(createFinding('F016', { value: type, expected, params: { sender: sender ?? '', type } }));
  }
  return findings;
}

function checkTime(digits: string, fileTime: string | null, now: string): Finding[] {
  if (fileTime === null) return [createFinding('F004', { value: digits, params: { time: digits } })];
  if (millisecondsOf(fileTime) - millisecondsOf(now) <= DAY_MS) return [];
  return [createFinding('F005', { value: digits, params: { time: fileTime } })];
}

/** `yymmddhhmmss` as `YYYY-MM-DD hh:mm:ss` with years 2000 to 2099, or null where there is no such moment. */
function readFileTime(digits: string): string | null {
  const [yy, month, day, hour, minute, second] = digits.match(/../g) ?? [];
  const text = `20${String(yy)}-${String(month)}-${String(day)} ${String(hour)}:${String(minute)}:${String(second)}`;
  const at = new Date(millisecondsOf(text));
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 19).replace('T', ' ') === text ? text : null;
}

/** Wall-clock time as if it were UTC: good for comparing two of them; NaN where it is none. */
function millisecondsOf(localTime: string): number {
  return Date.parse(`${localTime.replace(' ', 'T')}Z`);
}
