/**
 * Members of JSON objects into records: names to fields, what is wrong with the object as such, and names that are
 * unknown or misspelled, told once per file. It judges no value by its field's format and never throws. A record may be
 * begun again at any time: nothing of an unfinished one remains.
 */
import { createFinding, type FindingDetails } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import type { FieldSpec } from '../../domain/message-type';
import type { ParsedRecord } from '../../domain/parsed-record';
import { checkValue, cleanValue, showControls, showName } from './check-value';
import { type FieldNames, fieldNames, isOurs, type NameMatch } from './field-names';

/** Findings of each code on distinct names; the last one says that there are more. */
const NAMES_MAX = 1000;

export interface RecordPlace {
  readonly line: number;
  readonly record: number;
  readonly offset: number;
  readonly length: number;
}

interface Member {
  readonly name: string;
  readonly index: number;
  readonly line: number;
}

/** What a member's value is: text as quoted, another scalar as written, or the text of something nested. */
export type ValueKind = 'text' | 'literal' | 'nested';

export class JsonRecordBuilder {
  /** H102 and H105, once per name; one without a value says that there are more. */
  readonly nameFindings: Finding[] = [];
  private readonly names: FieldNames;
  private readonly order: { readonly name: string; readonly match: NameMatch }[] = [];
  private position = 0;
  private readonly matches = new Map<string, NameMatch>();
  /** What each unknown name told so far most probably means; the name itself for one that was misspelled. */
  private readonly told = new Map<string, string | null>();
  private readonly listed = { H102: 0, H105: 0 };
  private values: string[] = [];
  private lines: number[] = [];
  private seen: boolean[] = [];
  private seenCount = 0;
  private strangers: Member[] = [];
  private strangerNames: Set<string> | null = null;
  private absent: Set<number> | null = null;
  private findings: Finding[] = [];
  private broken = false;
  private record = 0;

  constructor(private readonly fields: readonly FieldSpec[]) {
    this.names = fieldNames(fields);
  }

  begin(record: number): void {
    this.record = record;
    this.values = this.fields.map(() => '');
    this.seen = this.fields.map(() => false);
    this.lines = [];
    this.seenCount = 0;
    this.position = 0;
    this.strangers = [];
    this.strangerNames = null;
    this.absent = null;
    this.findings = [];
    this.broken = false;
  }

  /** @param text a text without its quotes, a literal as written, or the text of a nested value */
  add(name: string, kind: ValueKind, text: string, line: number): void {
    if (isOurs(name)) return;
    const { index, exact } = this.match(name);
    if (index < 0 || !exact) this.strangers.push({ name, index, line });
    const field = this.fields[index]?.name ?? showName(name);
    const place = { line, record: this.record, field };
    if (this.isTwin(name, index)) {
      this.reject(
        createFinding('P113', { ...place, value: showControls(cleanValue(text)), params: { key: showName(name) } }),
      );
      return;
    }
    if (kind === 'nested') {
      this.reject(createFinding('P114', { ...place, value: text }));
      return;
    }
    const raw = kind === 'text' ? text : valueOfLiteral(text);
    const value = cleanValue(raw);
    if (kind === 'text' && /[\r\n]/.test(text))
      this.reject(createFinding('P109', { ...place, value: showControls(value) }));
    const unfit = checkValue(value, place);
    if (unfit !== null) {
      this.findings.push(unfit);
      if (index >= 0) (this.absent ??= new Set()).add(index);
    } else if (index >= 0) {
      this.values[index] = value;
    }
    if (index >= 0) this.lines[index] = line;
  }

  finish(place: RecordPlace): ParsedRecord {
    const { line, record } = place;
    this.tellNames(record);
    const findings = this.findings;
    if (this.seenCount < this.fields.length) {
      findings.unshift(this.missingFields(line, record));
      const absent = (this.absent ??= new Set());
      for (const { index } of this.fields) if (this.seen[index] !== true) absent.add(index);
    }
    return {
      ...place,
      values: this.values,
      absent: this.absent,
      valueLines: this.lines.some((own) => own !== line)
        ? this.fields.map(({ index }) => this.lines[index] ?? line)
        : null,
      findings,
      broken: this.broken,
    };
  }

  /** A record of which nothing but its place is known. */
  broke(place: RecordPlace, finding: Finding): ParsedRecord {
    const values = this.fields.map(() => '');
    return { ...place, values, absent: null, valueLines: null, findings: [finding], broken: true };
  }

  private reject(finding: Finding): void {
    this.findings.push(finding);
    this.broken = true;
  }

  /** Keys stand mostly in the order of the record before: then comparing spares looking up. */
  private match(name: string): NameMatch {
    const at = this.position++;
    const guess = this.order[at];
    if (guess?.name === name) return guess.match;
    const match = this.lookUp(name);
    const own = showName(name);
    if (at < NAMES_MAX && own === name) this.order[at] = { name: own, match };
    return match;
  }

  private lookUp(name: string): NameMatch {
    let match = this.matches.get(name);
    if (match === undefined) {
      match = this.names.match(name);
      const own = showName(name);
      if (this.matches.size < NAMES_MAX && own === name) this.matches.set(own, match);
    }
    return match;
  }

  /** Whether this record had the name before, a field's in any spelling. */
  private isTwin(name: string, index: number): boolean {
    if (index >= 0) {
      if (this.seen[index] === true) return true;
      this.seen[index] = true;
      this.seenCount++;
      return false;
    }
    this.strangerNames ??= new Set();
    const twin = this.strangerNames.has(name);
    this.strangerNames.add(name);
    return twin;
  }

  private tellNames(record: number): void {
    for (const { name, index, line } of this.strangers) {
      const shown = showName(name);
      if (this.told.has(shown)) continue;
      const known = this.fields[index]?.name;
      const code = known === undefined ? 'H102' : 'H105';
      if (!this.mayTell(code, { line, record })) continue;
      const place = { line, record, value: shown };
      if (known === undefined) {
        const suggestion = this.names.nearestTo(name, this.missing());
        this.told.set(shown, suggestion);
        this.nameFindings.push(
          createFinding(code, { ...place, field: shown, suggestion, params: { listed: '', atLeast: '' } }),
        );
      } else {
        const params = { meant: known, listed: '', atLeast: '' };
        this.told.set(shown, known);
        this.nameFindings.push(createFinding(code, { ...place, field: known, suggestion: known, params }));
      }
    }
  }

  /** The finding that there are more stands at the first name that is not told; the first of all says so too. */
  private mayTell(code: 'H102' | 'H105', place: FindingDetails): boolean {
    const count = ++this.listed[code];
    if (count === NAMES_MAX) {
      const listed = NAMES_MAX - 1;
      const params = { listed, atLeast: '', ...(code === 'H105' && { meant: '' }) };
      const first = this.nameFindings.findIndex((finding) => finding.code === code);
      const told = this.nameFindings[first];
      if (told !== undefined) this.nameFindings[first] = { ...told, params: { ...told.params, atLeast: listed } };
      this.nameFindings.push(createFinding(code, { ...place, params }));
    }
    return count < NAMES_MAX;
  }

  private missing(): string[] {
    return this.fields.filter(({ index }) => this.seen[index] !== true).map(({ name }) => name);
  }

  private missingFields(line: number, record: number): Finding {
    const names = this.missing();
    const near = this.strangers
      .filter(({ index }) => index < 0)
      .map(({ name }) => showName(name))
      .filter((shown) => names.includes(this.told.get(shown) ?? ''));
    return createFinding('H101', {
      scope: 'record',
      line,
      record,
      field: names.length === 1 ? (names[0] ?? null) : null,
      suggestion: near.length === 0 ? null : near.join(', '),
      params: {
        columns: names.join(', '),
        missing: names.length,
        otherFile: '',
        near: near.length > 1 ? 'several' : '',
      },
    });
  }
}

function valueOfLiteral(literal: string): string {
  if (literal === 'null') return '';
  if (literal === 'true') return '1';
  return literal === 'false' ? '0' : literal;
}
