/** Files as senders write them: delimiters, line ends, encodings, and columns that the message does not ask for. */
import type { MessageType } from '../../../../src/domain/message-type';
import { exampleFiles, type Fields, readExample } from '../validate/support';

export const ENCODINGS = ['utf-8', 'utf-8 with a mark', 'windows-1252', 'utf-16le', 'utf-16be'] as const;
export const EXTRAS = ['none', 'reversed', 'unknown', 'guard', 'nameless', 'doubled', 'respelled', 'missing'] as const;

export const QUOTED = ['none', 'all', 'some', 'filled'] as const;

export interface Dialect {
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly encoding: (typeof ENCODINGS)[number];
  readonly extra: (typeof EXTRAS)[number];
  readonly lastLineEnd: boolean;
  /** Which values stand in quotes; those within them are not doubled. */
  readonly quoted: (typeof QUOTED)[number];
  /** Put between the records, as they stand. */
  readonly between: readonly string[];
}

export const PLAIN: Dialect = {
  delimiter: ';',
  lineEnd: '\n',
  encoding: 'utf-8',
  extra: 'none',
  lastLineEnd: true,
  quoted: 'none',
  between: [],
};

/** Records of all examples of the type, those in JSON too. */
export function exampleRecords(type: MessageType): readonly Fields[] {
  return exampleFiles.filter((name) => name.includes(`_${type.name}_`)).flatMap((name) => readExample(name));
}

export function writeFile(type: MessageType, records: readonly Fields[], dialect: Partial<Dialect> = {}): Buffer {
  const { delimiter, lineEnd, encoding, extra, lastLineEnd, quoted, between } = { ...PLAIN, ...dialect };
  const names = type.fields.map(({ name }) => name);
  const line = (fields: Fields, spare: string): string =>
    arrange(names, extra, (name) => fields[name] ?? spare)
      .map((value, column) => (isQuoted(quoted, value, column) ? `"${value}"` : value))
      .join(delimiter);
  const header = arrange(names, extra, (name) => name).join(delimiter);
  const lines = records.map((fields, at) => line(fields, at % 3 === 0 ? '' : `v${String(at)}é`));
  between.forEach((text, at) => lines.splice((7 * (at + 1)) % (lines.length + 1), 0, text));
  return encode([header, ...lines].join(lineEnd) + (lastLineEnd ? lineEnd : ''), encoding);
}

function isQuoted(quoted: Dialect['quoted'], value: string, column: number): boolean {
  switch (quoted) {
    case 'none':
      return false;
    case 'all':
      return true;
    case 'some':
      return (value.length + column) % 3 === 0;
    case 'filled':
      return value !== '';
  }
}

const UNKNOWN = 'Surplus';

function arrange(names: readonly string[], extra: Dialect['extra'], cell: (name: string) => string): readonly string[] {
  const cells = names.map(cell);
  switch (extra) {
    case 'none':
      return cells;
    case 'reversed':
      return cells.reverse();
    case 'unknown':
      return [cell(UNKNOWN), ...cells.slice(0, 3), cell('_ours'), ...cells.slice(3), cell(`${UNKNOWN}2`)];
    case 'guard':
      return [cell('_line'), ...cells];
    case 'nameless':
      return [...cells, ''];
    case 'doubled':
      return [...cells, cell(names[0] ?? '')];
    case 'respelled':
      return [cell(names[0] ?? '').toUpperCase(), ...cells.slice(1)];
    case 'missing':
      return cells.slice(1);
  }
}

export function encode(text: string, encoding: Dialect['encoding']): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-8 with a mark':
      return Buffer.from(`\ufeff${text}`);
    case 'windows-1252':
      return Buffer.from(text.replaceAll('€', '\x80').replace(/[^\0-\xff]/g, '?'), 'latin1');
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  }
}
