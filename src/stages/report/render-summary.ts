/**
 * The text report that people see in a file listing, in the account's language: what became of the file, one line per
 * kind of finding, where to read on. At most `SUMMARY_LINES_MAX` lines whatever the batch holds; CRLF, for the text
 * editors that need it. It shows the sender's own values and goes to the sender alone.
 */
import type { Language } from '../../domain/account';
import type { BatchRecord } from '../../domain/batch-record';
import { belgianTime } from '../../domain/belgian-time';
import { cutCodePoints } from '../../domain/create-finding';
import { SEVERITIES, type Severity } from '../../domain/severity';
import type { FindingGroup, FindingTotals, StoredFinding } from '../../domain/report-source';
import { columnLetter } from '../parse/column-letter';
import { rejectsFile } from './decide-action';
import { outcomeOf } from './plan-reports';
import { renderMessageLine } from './render-message';
import { showControls } from './show-controls';
import { codeTitle, TEXTS, word, type Word } from './texts';

export const SUMMARY_LINES_MAX = 40;

/** Groups shown; with all the other lines the limit holds. */
const GROUPS_MAX = 22;
const LINES_SHOWN = 5;
const COLUMNS_SHOWN = 2;
const LINE_CHARACTERS_MAX = 600;
const EXAMPLE_CHARACTERS_MAX = 80;

const HEADINGS: Readonly<Record<Severity, Word>> = { error: 'errors', warning: 'warnings', info: 'infos' };

export interface SummaryInput {
  readonly batch: BatchRecord;
  readonly groups: readonly FindingGroup[];
  readonly totals: FindingTotals;
  /** Names of the errors and rejected files; null where there is none. */
  readonly errorsFile: string | null;
  readonly rejectedFile: string | null;
}

export function renderSummary(input: SummaryInput): string {
  return summaryLines(input)
    .map((line) => `${line}\r\n`)
    .join('');
}

/** The lines without their line ends. */
export function summaryLines(input: SummaryInput): readonly string[] {
  const { language } = input.batch;
  const lines = [...headLines(input), ''];
  if (input.groups.length === 0) lines.push(word(language, 'nothingFound'));
  else lines.push(...groupLines(input));
  const foot = footLines(input);
  return foot.length === 0 ? lines : [...lines, '', ...foot];
}

function headLines({ batch, groups }: SummaryInput): readonly string[] {
  const { language } = batch;
  const { records, accepted, acceptedWithWarning, rejected, duplicate, corrected } = batch;
  const lines = [
    showControls(batch.fileName),
    TEXTS[language].outcomes[outcomeOf(batch)],
    word(language, 'counts', { records, accepted, rejected, duplicate }),
  ];
  if (acceptedWithWarning + corrected > 0) {
    lines.push(word(language, 'countsMore', { acceptedWithWarning, corrected }));
  }
  lines.push(word(language, 'received', { received: belgianTime(new Date(batch.receivedAt)) }));
  if (batch.mode === 'test') lines.push(word(language, 'rehearsal'));
  if (isFileRefused(groups)) lines.push(word(language, 'fileRejected'));
  return lines;
}

/** Whether a finding of scope file or header rejected the file. The first samples are those on the file. */
export function isFileRejected(groups: readonly FindingGroup[]): boolean {
  return groups.some((group) => group.samples.some(rejectsFile));
}

/** As `isFileRejected`, but for a marker or withdrawal that found no file: there is none to speak of. */
function isFileRefused(groups: readonly FindingGroup[]): boolean {
  return groups.some((group) => group.code !== 'F006' && group.samples.some(rejectsFile));
}

/** Whether a marker found no file: then both are due. */
function isMarkerAlone(groups: readonly FindingGroup[]): boolean {
  return groups.some((group) => group.code === 'F006' && group.samples.some((sample) => !sample.params['withdraws']));
}

/** Errors on the file after which records that the sender has may be missing from the rejected file. */
const PARTIAL_CODES: ReadonlySet<string> = new Set(['F011', 'F012', 'P112']);

/** Whether the file was cut or damaged: sending the rejected records back could lose others. */
function isPartial(groups: readonly FindingGroup[]): boolean {
  return groups.some((group) => PARTIAL_CODES.has(group.code) && group.samples.some(rejectsFile));
}

function groupLines({ batch, groups, totals }: SummaryInput): readonly string[] {
  const counts: Record<Severity, number> = { error: totals.errors, warning: totals.warnings, info: totals.infos };
  const shown = groups.slice(0, GROUPS_MAX);
  const lines = SEVERITIES.flatMap((severity) => {
    const ofSeverity = shown.filter((group) => group.severity === severity);
    if (ofSeverity.length === 0) return [];
    const heading = word(batch.language, HEADINGS[severity], { total: counts[severity] });
    return [heading, ...ofSeverity.map((group) => `  ${renderGroup(group, batch.language)}`)];
  });
  const more = groups.length - shown.length;
  return more === 0 ? lines : [...lines, `  ${word(batch.language, 'moreGroups', { count: more })}`];
}

function footLines({ batch, groups, errorsFile, rejectedFile }: SummaryInput): readonly string[] {
  const { language } = batch;
  const lines: string[] = [];
  if (errorsFile !== null) lines.push(word(language, 'errorsFile', { file: errorsFile }));
  if (rejectedFile !== null) {
    lines.push(word(language, isPartial(groups) ? 'rejectedPart' : 'rejectedFile', { file: rejectedFile }));
  }
  if (isFileRefused(groups)) lines.push(word(language, 'nextFile'));
  else if (isMarkerAlone(groups)) lines.push(word(language, 'nextMarker'));
  else if (rejectedFile !== null) lines.push(word(language, 'next'));
  return lines;
}

/** Count, what it is, where, and the first of them. */
function renderGroup(group: FindingGroup, language: Language): string {
  const [first] = group.samples;
  const atLeast = first?.params['atLeast'] ?? '';
  const head = `${group.code} ${atLeast === '' ? String(group.total) : `> ${atLeast}`}x `;
  if (first === undefined) return head + codeTitle(group.code, language);
  const onFile = first.record === null;
  if (onFile && group.total === 1) return cut(head + renderMessageLine(first, language));
  const places = [...renderColumns(group, language), renderLines(group, language)].filter((place) => place !== '');
  const where = places.length === 0 ? '' : ` (${places.join(', ')})`;
  return cut(`${head}${codeTitle(group.code, language)}${where}${renderExample(first, language)}`);
}

function renderColumns(group: FindingGroup, language: Language): readonly string[] {
  const names = Object.keys(group.columns);
  const shown = names.slice(0, COLUMNS_SHOWN).map((name) => {
    const sample = group.samples.find((candidate) => candidate.field === name);
    const column = sample?.columnNo ?? null;
    const shownName = showControls(cut(name, EXAMPLE_CHARACTERS_MAX));
    return column === null ? shownName : `${shownName} [${word(language, 'column')} ${columnLetter(column)}]`;
  });
  return names.length > shown.length ? [...shown, '...'] : shown;
}

function renderLines(group: FindingGroup, language: Language): string {
  const lines = [...new Set(group.samples.flatMap(({ line }) => (line === null ? [] : [line])))];
  if (lines.length === 0) return '';
  const shown = lines.slice(0, LINES_SHOWN).join(', ');
  const more = lines.length > LINES_SHOWN || group.total > group.samples.length ? ' ...' : '';
  return `${word(language, lines.length === 1 && more === '' ? 'line' : 'lines')} ${shown}${more}`;
}

function renderExample({ value, suggestion }: StoredFinding, language: Language): string {
  if (value === null || value === '') return '';
  const shown = showControls(cut(value, EXAMPLE_CHARACTERS_MAX));
  const arrow = suggestion === null ? '' : ` -> ${showControls(cut(suggestion, EXAMPLE_CHARACTERS_MAX))}`;
  return `. ${word(language, 'example')} ${shown}${arrow}`;
}

function cut(text: string, max = LINE_CHARACTERS_MAX): string {
  const short = cutCodePoints(text, max);
  return short.length === text.length ? text : `${short}…`;
}
