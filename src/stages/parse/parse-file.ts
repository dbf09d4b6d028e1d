/**
 * Reads one data file as records: decides between CSV and JSON, tells first what the inspection found, then streams.
 * Memory stays bounded whatever the file's size. It knows no field's format and no message type by name; what a sender
 * wrote never makes it throw.
 */
import type { Finding } from '../../domain/finding';
import { createFinding } from '../../domain/create-finding';
import type { MessageType } from '../../domain/message-type';
import type { FileFacts, Refusal } from './inspect';
import { LineReader } from './line-reader';
import { parseCsv } from './parse-csv';
import { parseJson } from './parse-json';
import type { ParseOptions, ParseResult } from './parse-result';
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
  const buffer = new TextBuffer(chunks, facts);
  const input = { chunks, facts, type, options };
  const result = isJson(options.extension, buffer) ? parseJson(input, buffer) : parseCsv(input, buffer);
  const alone = result.findings.some(({ code }) => code === 'F008');
  if (facts.encoding !== 'windows-1252' || alone) return result;
  return { ...result, findings: [createFinding('P101'), ...result.findings] };
}

function isJson(extension: ParseOptions['extension'], buffer: TextBuffer): boolean {
  return extension === '' ? '[{'.includes(buffer.peek() || ' ') : extension === 'json';
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
  const reader = new LineReader(new TextBuffer(chunks, facts));
  while (reader.next() && reader.offset + reader.length <= refusal.byte);
  return createFinding('P102', { line: Math.max(1, reader.line), params: { byte: refusal.byte + 1 } });
}
