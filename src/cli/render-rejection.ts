/** A batch with findings as operators read it, as an object and as text. Pure; no personal value. */
import type { Rejection } from '../daemon/commands-store';
import { FINDING_CODES, type FindingCode } from '../domain/codes';
import { escapeControls } from '../domain/escape-controls';
import type { Catalogue } from '../domain/message-type';
import { codeTitle } from '../stages/report/texts';
import { countText } from '../domain/count-text';
import { localTime } from './local-time';
import { fieldsOnly, viewFinding } from './operator-finding';
import { shortText } from './short-text';

const LINES_SHOWN = 10;
const EXAMPLES_SHOWN = 3;

interface GroupView {
  readonly code: FindingCode;
  readonly severity: string;
  readonly title: string;
  readonly total: number;
  readonly records: number;
  readonly columns: Readonly<Record<string, number>>;
  /** The first ones. */
  readonly lines: readonly number[];
  /** Whether other lines may have it, too. */
  readonly moreLines: boolean;
  /** Different values, the first ones; of unmarked fields only. */
  readonly examples: readonly string[];
}

export interface RejectionView {
  readonly batch: string;
  readonly committedAt: string | null;
  readonly outcome: string | null;
  readonly mode: string;
  readonly account: string;
  readonly sender: string | null;
  readonly type: string | null;
  readonly file: string;
  readonly records: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicate: number;
  readonly groups: readonly GroupView[];
}

/** @param code only this group, where given */
export function viewRejection(
  { batch, groups }: Rejection,
  catalogue: Catalogue | null,
  code: string | null,
): RejectionView {
  return {
    batch: batch.id,
    committedAt: batch.committedAt,
    outcome: batch.outcome,
    mode: batch.mode,
    account: batch.account,
    sender: batch.sender,
    type: batch.messageType,
    file: batch.fileName,
    records: batch.records,
    accepted: batch.accepted,
    rejected: batch.rejected,
    duplicate: batch.duplicate,
    groups: groups
      .filter((group) => code === null || group.code === code)
      .map((group) => {
        const samples = group.samples.map((sample) => viewFinding(sample, batch.messageType, catalogue));
        const lines = distinct(samples.map(({ line }) => line));
        return {
          code: group.code,
          severity: group.severity,
          title: FINDING_CODES[group.code].title,
          total: group.total,
          records: group.records,
          columns: fieldsOnly(group.columns, batch.messageType, catalogue),
          lines: lines.slice(0, LINES_SHOWN),
          moreLines: lines.length > LINES_SHOWN || group.total > group.samples.length,
          examples: distinct(samples.map(({ value }) => value)).slice(0, EXAMPLES_SHOWN),
        };
      }),
  };
}

/** A line on the batch, then one on each group. */
export function renderRejection(view: RejectionView): string {
  const rehearsal = view.mode === 'test' ? ' (test)' : '';
  const head = [
    localTime(view.committedAt),
    `${view.outcome ?? ''}${rehearsal}`,
    view.account,
    view.type,
    view.file,
    `${countText(view.records, 'record')}: ${view.accepted} ok, ${view.rejected} rejected, ${view.duplicate} duplicate`,
    view.batch,
  ];
  const lines = view.groups.map((group) => {
    const named = Object.keys(group.columns);
    const fields = named.slice(0, EXAMPLES_SHOWN).join(', ') + (named.length > EXAMPLES_SHOWN ? ', ...' : '');
    const more = group.moreLines ? ', ...' : '';
    const where = group.lines.length === 0 ? '' : `line ${group.lines.join(', ')}${more}`;
    const examples = group.examples.map((value) => shortText(value, (kept) => JSON.stringify(kept))).join(', ');
    const parts = [
      `${group.code} ${group.severity} x${group.total}`,
      fields,
      where,
      examples,
      codeTitle(group.code, 'en'),
    ];
    return `    ${parts.filter((part) => part !== '').join('  ')}`;
  });
  return [head.filter((part) => part !== null).join('  '), ...lines].map(escapeControls).join('\n');
}

function distinct<T>(values: readonly (T | null)[]): T[] {
  return [...new Set(values.filter((value): value is T => value !== null))];
}
