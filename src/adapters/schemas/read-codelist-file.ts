/** A value set's file, CSV or JSON in any encoding that batches may have, to its codes or to everything wrong with it. */
import type { CodelistEntry } from '../../domain/message-type';
import { createTextDecoding } from '../../stages/parse/decode-text';
import { bomLength, createInspector } from '../../stages/parse/inspect';
import type { CodelistProblem, CodelistReading } from './codelist-reading';
import { judgeCodelistRows } from './judge-codelist-rows';
import { readCodelistCsv } from './read-codelist-csv';
import { readCodelistJson } from './read-codelist-json';

export type CodelistFileReading = Pick<CodelistReading, 'remarks' | 'about'> &
  (
    | { readonly kind: 'codes'; readonly entries: readonly CodelistEntry[] }
    | { readonly kind: 'problems'; readonly problems: readonly CodelistProblem[] }
  );

export function readCodelistFile(bytes: Uint8Array): CodelistFileReading {
  const inspector = createInspector();
  inspector.update(bytes);
  const facts = inspector.finish();
  if (facts.refusal !== null) {
    const message = facts.refusal.code === 'F010' ? `the file is no text (${facts.refusal.kind})` : NO_TEXT;
    return refused([{ line: null, message }]);
  }
  const text = createTextDecoding(facts.encoding).decode(bytes.subarray(bomLength(facts)));
  const { rows, problems, remarks, about } = /^\s*[[{]/.test(text) ? readCodelistJson(text) : readCodelistCsv(text);
  const judged = judgeCodelistRows(rows);
  const all = [...problems, ...judged.problems];
  if (all.length === 0 && rows.length === 0) all.push({ line: null, message: 'there is no code in the file' });
  const encoding = facts.encoding === 'windows-1252' ? ['the file is not UTF-8 and was read as Windows-1252'] : [];
  const told = { remarks: [...encoding, ...remarks], about };
  if (all.length === 0) return { ...told, kind: 'codes', entries: judged.entries };
  all.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { ...told, kind: 'problems', problems: all };
}

const NO_TEXT = 'the bytes of the file cannot be read as text in any supported encoding';

function refused(problems: readonly CodelistProblem[]): CodelistFileReading {
  return { kind: 'problems', problems, remarks: [], about: { name: null, closed: null, basis: null } };
}
