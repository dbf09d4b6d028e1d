/**
 * A JSON file into records: a list of flat objects, one object, or objects one after the other (one per line, most
 * often). In a list the first impossible character ends the reading; among objects on lines only the bad line is lost.
 * Memory is bounded by the longest record. It never throws on what a sender wrote.
 */
import type { Dialect } from '../../domain/batch';
import { createFinding, type FindingDetails } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import { RECORD_MAX } from './json-cursor';
import { JsonRecordBuilder, type RecordPlace } from './json-record';
import { CLOSE_LIST, CLOSE_OBJECT, JsonScanner, OPEN_LIST, OPEN_OBJECT } from './json-scanner';
import type { ParseInput, ParseResult } from './parse-result';
import type { TextBuffer } from './text-buffer';

const QUOTE = 0x22;
const COMMA = 0x2c;

/** Where and why the grammar failed. */
interface Trouble {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export function parseJson(input: ParseInput, buffer: TextBuffer): ParseResult {
  const scanner = new JsonScanner(buffer);
  const parse = new JsonParse(scanner, input);
  input.options.onHeader?.({ columnOf: () => null, guarded: false });
  if (!scanner.skipToToken()) return parse.result('json', [createFinding('F008')]);
  const first = scanner.unit();
  if (first === OPEN_LIST) return parse.readList();
  if (first === OPEN_OBJECT) return parse.readSequence();
  return parse.result('json', [malformed(troubleAt(scanner))]);
}

class JsonParse {
  private readonly builder: JsonRecordBuilder;
  private records = 0;
  private miscounted = false;
  /** Whether the value read last is an object, now in the builder. */
  private isObject = false;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly input: ParseInput,
  ) {
    this.builder = new JsonRecordBuilder(input.type.fields);
  }

  /** `[ {...}, {...} ]` */
  readList(): ParseResult {
    const { scanner } = this;
    scanner.take(OPEN_LIST);
    if (scanner.skipToToken() && scanner.unit() === CLOSE_LIST) return this.endList();
    while (this.readElement()) {
      if (!scanner.skipToToken()) break;
      if (scanner.unit() === CLOSE_LIST) return this.endList();
      if (!scanner.take(COMMA) || !scanner.skipToToken()) break;
    }
    return this.refuse();
  }

  /** Objects, one per line or not. */
  readSequence(): ParseResult {
    const { scanner } = this;
    scanner.oneOnEachLine = true;
    while (scanner.skipToToken()) {
      const { line, offset } = scanner;
      const record = this.records + 1;
      if (!scanner.attempt(() => this.readValue())) {
        this.giveUp({ line, offset, record });
        continue;
      }
      const place = { line, offset, record, length: scanner.length };
      const text = this.isObject ? '' : scanner.stepText();
      scanner.begin();
      if (scanner.attempt(() => scanner.skipInlineBlanks()) && endsRecord(scanner.unit())) this.emit(place, text);
      else this.giveUp(place);
    }
    return this.result(this.records > 1 ? 'jsonl' : 'json', this.builder.nameFindings);
  }

  result(format: Dialect['format'], findings: readonly Finding[]): ParseResult {
    const { encoding, bom } = this.input.facts;
    return {
      findings,
      rejected: findings.some(({ severity }) => severity === 'error'),
      records: this.records,
      miscounted: this.miscounted,
      dialect: { format, encoding, bom, delimiter: null, eol: null },
      header: null,
      columnOf: () => null,
      guarded: false,
    };
  }

  private endList(): ParseResult {
    const { scanner } = this;
    scanner.take(CLOSE_LIST);
    if (scanner.skipToToken()) return this.refuse();
    if (this.records === 0) return this.result('json', [createFinding('F008')]);
    return this.result('json', this.builder.nameFindings);
  }

  private refuse(): ParseResult {
    this.miscounted = true;
    return this.result('json', [...this.builder.nameFindings, malformed(troubleAt(this.scanner))]);
  }

  /** One element of a list, handed on. */
  private readElement(): boolean {
    const { scanner } = this;
    scanner.begin();
    const { line, offset } = scanner;
    if (!scanner.attempt(() => this.readValue())) return false;
    const text = this.isObject ? '' : scanner.stepText();
    this.emit({ line, offset, record: this.records + 1, length: scanner.length }, text);
    return true;
  }

  private readValue(): boolean {
    const { scanner } = this;
    this.isObject = scanner.unit() === OPEN_OBJECT;
    if (this.isObject) return this.readObject();
    return scanner.unit() === OPEN_LIST ? scanner.skipNested() : scanner.readScalar();
  }

  private readObject(): boolean {
    const { scanner, builder } = this;
    builder.begin(this.records + 1);
    if (!scanner.take(OPEN_OBJECT) || !scanner.skipBlanks()) return false;
    if (scanner.unit() === CLOSE_OBJECT) return scanner.take(CLOSE_OBJECT);
    for (;;) {
      if (!scanner.readKey() || !this.readMember(scanner.token) || !scanner.skipBlanks()) return false;
      if (scanner.unit() === CLOSE_OBJECT) return scanner.take(CLOSE_OBJECT);
      if (!scanner.take(COMMA) || !scanner.skipBlanks()) return false;
    }
  }

  private readMember(name: string): boolean {
    const { scanner, builder } = this;
    const { line } = scanner;
    const first = scanner.unit();
    if (first === OPEN_OBJECT || first === OPEN_LIST) {
      const start = scanner.at;
      if (!scanner.skipNested()) return false;
      builder.add(name, 'nested', scanner.text.slice(start, scanner.at), line);
    } else {
      if (!scanner.readScalar()) return false;
      builder.add(name, first === QUOTE ? 'text' : 'literal', scanner.token, line);
    }
    return true;
  }

  /** @param text of an element that is no object */
  private emit(place: RecordPlace, text: string): void {
    this.records++;
    const { line, record } = place;
    const parsed = this.isObject
      ? this.builder.finish(place)
      : this.builder.broke(place, createFinding('P114', { line, record, value: text }));
    if (parsed.broken && parsed.findings.some(({ code }) => code === 'P109')) this.miscounted = true;
    this.input.options.onRecord(parsed);
  }

  /** The record under way is lost; reading goes on at the next line that begins with `{`. */
  private giveUp(place: Omit<RecordPlace, 'length'>): void {
    const { scanner } = this;
    this.records++;
    this.miscounted = true;
    const nextBegins = scanner.unit() === OPEN_OBJECT && scanner.beginsLine();
    const trouble = nextBegins ? troubleBefore(scanner.stepText(), place.line) : troubleAt(scanner);
    const end = nextBegins ? scanner.offset + scanner.bytesOfStep(trimmedLength(scanner.stepText())) : this.skipLines();
    const length = Math.min(end - place.offset, RECORD_MAX);
    const finding = malformed(trouble, { scope: 'record', record: place.record });
    this.input.options.onRecord(this.builder.broke({ ...place, length }, finding));
  }

  /** @returns the byte behind the last line that was passed over and was not empty */
  private skipLines(): number {
    const { scanner } = this;
    let end = scanner.position;
    for (;;) {
      const from = scanner.position;
      const another = scanner.skipLine();
      if (scanner.lineEnd > from) end = scanner.lineEnd;
      if (!another) return end;
      scanner.begin();
      scanner.attempt(() => scanner.skipInlineBlanks());
      if (scanner.unit() === OPEN_OBJECT) return end;
    }
  }
}

/** What may follow a record: the end of its line or of the file, or the next object. */
function endsRecord(unit: number): boolean {
  return unit < 0 || unit === 0x0a || unit === 0x0d || unit === OPEN_OBJECT;
}

function malformed({ line, column, reason }: Trouble, more: FindingDetails = {}): Finding {
  return createFinding('P112', { ...more, line, params: { position: column, reason } });
}

function troubleAt(scanner: JsonScanner): Trouble {
  const { line, column, stop } = scanner;
  if (stop === 'too-long') return { line, column, reason: '> 16 MiB' };
  if (stop === 'too-deep') return { line, column, reason: '{{{{...' };
  return { line, column, reason: showCharacter(scanner.text.codePointAt(scanner.at)) };
}

/** An object that the next line's beginning shows to be unfinished: it broke where its own text ends. */
function troubleBefore(text: string, firstLine: number): Trouble {
  const lines = text.slice(0, trimmedLength(text)).split(/\r\n|\r|\n/);
  return { line: firstLine + lines.length - 1, column: (lines.at(-1) ?? '').length + 1, reason: 'EOL' };
}

function trimmedLength(text: string): number {
  return text.trimEnd().length;
}

/** A character as it can be shown in every language; undefined is the end of the file. */
function showCharacter(codePoint: number | undefined): string {
  if (codePoint === undefined) return 'EOF';
  if (codePoint === 0x0a || codePoint === 0x0d) return 'EOL';
  const character = String.fromCodePoint(codePoint);
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
