/**
 * One logfmt line per batch with findings, for operators who follow the log: counts and codes, and never a value.
 * A column name is shown only when the message type has it: others are the sender's words and may hold anything.
 * The line is shorter than `LOG_LINE_BYTES_MAX`, so that one append writes it whole.
 */
import type { BatchRecord } from '../../domain/batch-record';
import type { FindingGroup, FindingTotals } from '../../domain/report-source';
import { SEVERITIES } from '../../domain/severity';
import { outcomeOf } from './plan-reports';

export const LOG_LINE_BYTES_MAX = 4096;

const TOP_MAX = 12;

export interface RejectionLogInput {
  readonly batch: BatchRecord;
  readonly groups: readonly FindingGroup[];
  readonly totals: FindingTotals;
  /** Field names of the message type; empty when it is unknown. */
  readonly fields: ReadonlySet<string>;
  /** From claim to commit, milliseconds. */
  readonly ms: number;
}

/** The line, its line feed included. */
export function renderRejectionLogLine({ batch, groups, totals, fields, ms }: RejectionLogInput): string {
  const pairs: readonly (readonly [string, string | number])[] = [
    ['time', batch.committedAt ?? batch.receivedAt],
    ['outcome', outcomeOf(batch)],
    ['sender', batch.sender ?? '-'],
    ['type', batch.messageType ?? '-'],
    ['file', batch.fileName],
    ['records', batch.records],
    ['ok', batch.accepted],
    ['rejected', batch.rejected],
    ['duplicate', batch.duplicate],
    ['warnings', totals.warnings],
    [
      'top',
      groups
        .slice(0, TOP_MAX)
        .map((group) => renderTop(group, fields))
        .join(',') || '-',
    ],
    ['ms', ms],
    ['batch', batch.id],
  ];
  return `${pairs.map(([key, value]) => `${key}=${quote(String(value))}`).join(' ')}\n`;
}

/** Errors first, and the most frequent of a severity first. */
function topOf(groups: readonly FindingGroup[]): readonly FindingGroup[] {
  const rank = ({ severity }: FindingGroup) => SEVERITIES.indexOf(severity);
  return groups.toSorted((a, b) => rank(a) - rank(b) || b.total - a.total).slice(0, TOP_MAX);
}

/** `code:field:count` of a group, the field being the one it concerns most. */
function renderTop(group: FindingGroup, fields: ReadonlySet<string>): string {
  const [most] = Object.keys(group.columns);
  const field = most !== undefined && fields.has(most) ? most : '-';
  return `${group.code}:${field}:${String(group.total)}`;
}

/** As logfmt writes a value: bare, or between double quotes with what cannot stand there escaped. */
function quote(value: string): string {
  if (value !== '' && /^[!#-<>-[\]-~]+$/.test(value)) return value;
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
