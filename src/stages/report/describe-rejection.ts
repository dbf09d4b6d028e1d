/** Why one record was rejected, in the two cells or members that go back with it. Pure; it never fails. */
import type { Language } from '../../domain/account';
import { cutCodePoints } from '../../domain/create-finding';
import type { RejectedWithFindings, StoredFinding } from '../../domain/report-source';
import { renderMessageLine } from './render-message';

/** Names of what we add to a rejected record; the reader ignores every name that begins with `_`. */
export const ADDED_COLUMNS = ['_line', '_codes', '_message'] as const;

/** A rejected record with its text as the sender wrote it, decoded, without its line end. */
export interface RejectedRow extends Pick<RejectedWithFindings, 'line' | 'findings'> {
  readonly text: string;
}

export interface Rejection {
  /** Codes of the errors, each once, separated by blanks (never a CSV delimiter). */
  readonly codes: string;
  /** What is wrong and what to do, numbered when there is more than one thing; one line. */
  readonly message: string;
}

/** Longest message, in characters: a reader must take it back as a cell. */
const MESSAGE_MAX = 4000;

/** Only errors are told; a record with none was rejected with its whole file, by `fileFindings`. */
export function describeRejection(
  findings: readonly StoredFinding[],
  fileFindings: readonly StoredFinding[],
  language: Language,
): Rejection {
  const own = findings.filter((finding) => finding.severity === 'error');
  const errors = own.length > 0 ? own : fileFindings.filter((finding) => finding.severity === 'error');
  const codes = [...new Set(errors.map((finding) => finding.code))].join(' ');
  let message = '';
  for (const [index, finding] of errors.entries()) {
    if (message.length > MESSAGE_MAX) break;
    const number = errors.length > 1 ? `(${String(index + 1)}) ` : '';
    message += `${message === '' ? '' : ' '}${number}${renderMessageLine(finding, language)}`;
  }
  if (message.length > MESSAGE_MAX) message = `${cutCodePoints(message, MESSAGE_MAX)}…`;
  return { codes, message };
}
