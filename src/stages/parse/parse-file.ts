/**
 * Reads one data file as records: decides between CSV and JSON, tells first what the inspection found, then streams.
 * Memory stays bounded whatever the file's size. It knows no field's format and no message type by name; what a sender
 * wrote never makes it throw.
 */
import type { Finding } from '../../domain/finding';
import { createFinding } from '../../domain/create-finding';
import type { MessageType } from '../../domain/message-type';
import { ByteWindow } from './byte-window';
import type { FileFacts, Refusal } from './inspect';
import { LineReader } from './line-reader';
import { parseCsv, parseCsvRest, readHeader, type RestOptions } from './parse-csv';
import { parseJson } from './parse-json';
import type { CsvRestResult, ParseOptions, ParseResult } from './parse-result';
import { TextBuffer } from './text-buffer';

/** @param chunks the same bytes that `facts` were made from; a chunk need not outlive the next one */
export function parseFile(
  chunks: Iterable<Uint8Array>,
  facts: FileFacts,
  type: MessageType,
  options: ParseOptions,
): ParseResult {
  if (facts.refusal !== null) return unread([refusalFinding(facts.refusal, chunks, facts)]);
  if (facts.blank) return unread([createFinding('F008')]);
  const input = { chunks, facts, type, options };
  const result = isJson(options.extension, facts)
    ? closing(new TextBuffer(chunks, facts), (buffer) => parseJson(input, buffer))
    : closing(new ByteWindow(chunks, facts), (window) => parseCsv(input, window));
  const alone = result.findings.some(({ code }) => code === 'F008');
  if (facts.encoding !== 'windows-1252' || alone) return result;
  return { ...result, findings: [createFinding('P101'), ...result.findings] };
}

/**
 * The part of a CSV file that stands behind a cut, read on its own: records and lines get the numbers that they have
 * when no line before the cut is blank and LF ends each.
 * @param chunksFrom the file's bytes from an offset on
 * @returns null where there is no such part: JSON, or a file that is refused before its first record
 */
export function parseRest(
  chunksFrom: (offset: number) => Iterable<Uint8Array>,
  facts: FileFacts,
  type: MessageType,
  options: RestOptions,
): CsvRestResult | null {
  const { split } = options;
  if (facts.refusal !== null || facts.blank || !canSplit(facts) || isJson(options.extension, facts)) return null;
  const header = closing(new ByteWindow(chunksFrom(0), facts), (head) => readHeader(head, type));
  if (header === null || header.nextOffset > split.offset) return null;
  const rest = new ByteWindow(chunksFrom(split.offset), { ...facts, bom: false });
  return closing(rest, () => parseCsvRest(rest, header, options));
}

/** Whether a byte of LF is a line's end wherever it stands. */
export function canSplit({ encoding }: FileFacts): boolean {
  return encoding === 'utf-8' || encoding === 'windows-1252';
}

function closing<T extends { close(): void }, R>(source: T, action: (source: T) => R): R {
  try {
    return action(source);
  } finally {
    source.close();
  }
}

function isJson(extension: ParseOptions['extension'], { opensJson }: FileFacts): boolean {
  return extension === '' ? opensJson : extension === 'json';
}

function unread(findings: readonly Finding[]): ParseResult {
  return {
    findings,
    rejected: true,
    records: 0,
    miscounted: false,
    dialect: null,
    header: null,
    columnOf: () => null,
    guarded: false,
  };
}

function refusalFinding(refusal: Refusal, chunks: Iterable<Uint8Array>, facts: FileFacts): Finding {
  if (refusal.code === 'F010') return createFinding('F010', { params: { kind: refusal.kind } });
  const line = closing(new ByteWindow(chunks, facts), (window) => {
    const reader = new LineReader(window);
    while (reader.next() && reader.offset + reader.length <= refusal.byte);
    return reader.line;
  });
  return createFinding('P102', { line: Math.max(1, line), params: { byte: refusal.byte + 1 } });
}
