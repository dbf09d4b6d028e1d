/**
 * One logfmt line per batch with findings, for operators who follow the log: counts and codes, and never a value.
 * A column is named only where the schema gave its name: findings on the file's form carry the sender's words, which
 * may be anything. The line is shorter than `LOG_LINE_BYTES_MAX`, so that one append writes it whole.
 */
import type { BatchRecord } from '../../domain/batch-record';
import { FINDING_CODES } from '../../domain/codes';
import type { FindingGroup } from '../../domain/report-source';
import { SEVERITIES } from '../../domain/severity';
import { outcomeOf } from './plan-reports';

export const LOG_LINE_BYTES_MAX = 4096;

const TOP_MAX = 12;
const FILE_NAME_MAX = 255;
const FIELD_NAME_MAX = 80;

/** The line, without a line feed: the same whenever it is made of a batch that is done. */
export function renderRejectionLogLine(batch: BatchRecord, groups: readonly FindingGroup[]): string {
  const warnings = groups.filter(({ severity }) => severity === 'warning').reduce((sum, { total }) => sum + total, 0);
  const pairs: readonly (readonly [string, string | number])[] = [
    ['time', batch.committedAt ?? batch.receivedAt],
    ['outcome', outcomeOf(batch)],
    ['sender', batch.sender ?? '-'],
    ['type', batch.messageType ?? '-'],
    ['file', batch.fileName.slice(0, FILE_NAME_MAX)],
    ['records', batch.records],
    ['ok', batch.accepted],
    ['rejected', batch.rejected],
    ['duplicate', batch.duplicate],
    ['warnings', warnings],
    ['top', topOf(groups).map(renderTop).join(',') || '-'],
    ['ms', workMs(batch)],
    ['batch', batch.id],
  ];
  return pairs.map(([key, value]) => `${key}=${quote(String(value))}`).join(' ');
}

/** From its being claimed to its being done; 0 where the clock was set back meanwhile. */
function workMs({ receivedAt, claimedAt, committedAt, archivedAt }: BatchRecord): number {
  const end = archivedAt ?? committedAt ?? receivedAt;
  return Math.max(0, Date.parse(end) - Date.parse(claimedAt ?? end));
}

/** Errors first, and the most frequent of a severity first. */
function topOf(groups: readonly FindingGroup[]): readonly FindingGroup[] {
  const rank = ({ severity }: FindingGroup) => SEVERITIES.indexOf(severity);
  return groups.toSorted((a, b) => rank(a) - rank(b) || b.total - a.total).slice(0, TOP_MAX);
}

/** `code:field:count` of a group, the field being the one it concerns most. */
function renderTop({ code, columns, total }: FindingGroup): string {
  const { stage, scope } = FINDING_CODES[code];
  const [most] = Object.keys(columns);
  const named = scope === 'cell' && (stage === 'validate' || stage === 'route');
  return `${code}:${named && most !== undefined ? most.slice(0, FIELD_NAME_MAX) : '-'}:${String(total)}`;
}

/** As logfmt writes a value: bare, or between double quotes with what cannot stand there escaped. */
function quote(value: string): string {
  if (value !== '' && /^[!#-<>-[\]-~]+$/.test(value)) return value;
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
