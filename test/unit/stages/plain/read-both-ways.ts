/**
 * Reads a file twice, with the fast path and without, and tells the first place where what comes out differs: records,
 * rejected records and findings in their order, and what is said of the file. What differs is shown cut: lines may be long.
 */
import type { Finding } from '../../../../src/domain/finding';
import type { Codelist, MessageType } from '../../../../src/domain/message-type';
import type { PlainRecord } from '../../../../src/domain/plain-record';
import { stagingRecords } from '../../../../src/pipeline/stage-records';
import type { RecordSink, RejectedRecord, StagedRecord } from '../../../../src/ports/batch-store';
import { parseFile } from '../../../../src/stages/parse/parse-file';
import { inChunks, inspectBytes } from '../parse/read-text';
import { catalogue } from '../validate/support';
import { SENDER } from '../../../support/shipped-examples';

export interface Circumstances {
  readonly codelists?: ReadonlyMap<string, Codelist>;
  readonly sender?: string | null;
  readonly fileTime?: string | null;
  readonly now?: string;
  readonly extension?: string;
}

export const NOW = '2021-06-01 12:00:00';
const FILE_TIME = '2021-05-10 08:00:00';

type Event =
  | { readonly kind: 'record'; readonly record: StagedRecord }
  | { readonly kind: 'rejected'; readonly record: RejectedRecord }
  | { readonly kind: 'finding'; readonly finding: Finding; readonly recordKey: string | null };

interface Outcome {
  readonly events: readonly Event[];
  readonly result: unknown;
  /** Records that the fast path took. */
  readonly taken: number;
}

export interface Comparison {
  /** Null where there is none. */
  readonly difference: string | null;
  readonly taken: number;
  readonly records: number;
  /** Records with a finding, or rejected. */
  readonly toldOf: number;
}

export function readBothWays(type: MessageType, bytes: Uint8Array, size: number, more: Circumstances = {}): Comparison {
  const general = read(type, bytes, { ...more, size, fast: false });
  const plain = read(type, bytes, { ...more, size, fast: true });
  const numbers = new Set(
    general.events.map((event) => (event.kind === 'finding' ? event.finding.record : event.record.record)),
  );
  const right = general.events.filter(({ kind }) => kind === 'record').length;
  const warned = general.events.filter((event) => event.kind === 'record' && event.record.warned).length;
  return {
    difference: firstDifference(general, plain),
    taken: plain.taken,
    records: numbers.size,
    toldOf: numbers.size - right + warned,
  };
}

/** Fails with what differs; in chunks of each size. What was read in the largest ones. */
export function expectTheSame(
  type: MessageType,
  content: string | Uint8Array,
  more: Circumstances = {},
  sizes: readonly number[] = [7, 100, 65_536],
): Comparison {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const all = sizes.map((size) => readBothWays(type, bytes, size, more));
  const wanted = sizes.map((size, i) => ({ size, difference: null, taken: all.at(-1)?.taken ?? i }));
  expect(all.map(({ difference, taken }, i) => ({ size: sizes[i], difference, taken }))).toEqual(wanted);
  return all.at(-1) ?? { difference: null, taken: 0, records: 0, toldOf: 0 };
}

interface ReadOptions extends Circumstances {
  readonly size: number;
  readonly fast: boolean;
}

function read(type: MessageType, bytes: Uint8Array, options: ReadOptions): Outcome {
  const { size, fast, codelists = catalogue.codelists, now = NOW, extension = 'csv' } = options;
  const { sender = SENDER, fileTime = FILE_TIME } = options;
  const events: Event[] = [];
  let taken = 0;
  const addPlain = (record: PlainRecord): void => {
    taken++;
    events.push({ kind: 'record', record: staged(record) });
  };
  const sink: RecordSink = {
    addRecord: (record) => events.push({ kind: 'record', record: { ...record, values: [...record.values] } }),
    addPlain: fast ? addPlain : null,
    addRejected: (record) => events.push({ kind: 'rejected', record }),
    addFinding: (finding, recordKey) => events.push({ kind: 'finding', finding, recordKey }),
  };
  const batch = { sender, fileTime, fileName: `${SENDER}_${type.name}_210510080000.${extension}` };
  const parsing = stagingRecords({ batch, type, codelists, now, sink });
  const { columnOf, ...result } = parseFile(inChunks(bytes, size), inspectBytes(bytes), type, parsing);
  return { events, result: { ...result, columns: type.fields.map(({ index }) => columnOf(index)) }, taken };
}

/** A copy, as values. What the record says of its bytes is held against them. */
function staged({ bytes, starts, ends, ascii, inOrder, ...record }: PlainRecord): StagedRecord {
  const { line, record: number, offset, length, key, patient } = record;
  const values = Array.from(starts, (start, field) => bytes.toString('utf8', start, ends[field]));
  const end = values.reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  if (end !== Math.max(...ends)) throw new Error('the values do not stand one behind the other');
  if (inOrder && values.join('') !== bytes.toString('utf8', 0, end)) throw new Error('the values are not in order');
  if (ascii && !/^[\0-\x7f]*$/.test([...values, key, patient].join(''))) throw new Error('not ASCII');
  return { line, record: number, offset, length, values, key, patient, warned: false };
}

function firstDifference(general: Outcome, plain: Outcome): string | null {
  const count = Math.max(general.events.length, plain.events.length);
  for (let at = 0; at < count; at++) {
    const [one, other] = [general.events[at], plain.events[at]].map((event) => JSON.stringify(event ?? 'nothing'));
    if (one !== other) return differing(one ?? '', other ?? '');
  }
  const [one, other] = [general.result, plain.result].map((result) => JSON.stringify(result));
  return one === other ? null : differing(one ?? '', other ?? '');
}

const SHOWN = 300;

function differing(general: string, plain: string): string {
  let at = 0;
  while (at < general.length && general[at] === plain[at]) at++;
  const from = Math.max(0, at - SHOWN);
  const [one, other] = [general, plain].map((text) => text.slice(from, at + SHOWN));
  return `without: ${one ?? ''}\nwith: ${other ?? ''}`;
}
