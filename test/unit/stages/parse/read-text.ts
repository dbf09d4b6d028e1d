/** Reads a small file for a test: an invented message type, chunks of any size, everything the parse stage gave. */
import type { MessageType } from '../../../../src/domain/message-type';
import type { ParsedRecord } from '../../../../src/domain/parsed-record';
import { createInspector, type FileFacts } from '../../../../src/stages/parse/inspect';
import { parseFile } from '../../../../src/stages/parse/parse-file';
import type { HeaderFacts, ParseOptions, ParseResult } from '../../../../src/stages/parse/parse-result';
import { makeMessageType } from '../../../support/make-message-type';

export const TYPE = makeMessageType(['SampleId', 'BirthDate', 'City', 'Result']);

export interface Read {
  readonly facts: FileFacts;
  readonly header: HeaderFacts | null;
  readonly records: readonly ParsedRecord[];
  readonly result: ParseResult;
}

export function* inChunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

export function inspectBytes(bytes: Uint8Array, size = 65_536): FileFacts {
  const inspector = createInspector();
  for (const chunk of inChunks(bytes, size)) inspector.update(chunk);
  return inspector.finish();
}

export interface ReadOptions {
  readonly extension?: ParseOptions['extension'];
  readonly size?: number;
  readonly type?: MessageType;
}

export function readText(input: string | Uint8Array, options: ReadOptions = {}): Read {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const { extension = '', size = 65_536, type = TYPE } = options;
  const facts = inspectBytes(bytes, size);
  const records: ParsedRecord[] = [];
  let header: HeaderFacts | null = null;
  const result = parseFile(inChunks(bytes, size), facts, type, {
    extension,
    onHeader: (facts) => (header = facts),
    onRecord: (record) => records.push(record),
  });
  return { facts, header, records, result };
}

/** All findings as `CODE line:record field`, those of the file first. */
export function told({ result, records }: Read): string[] {
  return [...result.findings, ...records.flatMap(({ findings }) => findings)].map(
    ({ code, line, record, field }) => `${code} ${line ?? '-'}:${record ?? '-'} ${field ?? '-'}`,
  );
}
