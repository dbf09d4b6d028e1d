/**
 * The first pass over a file: what its bytes are, before one of them is read as text. Byte order mark, else strict
 * UTF-8 over the whole file, else Windows-1252; compressed and binary files are recognised. It keeps a few bytes
 * between chunks and no more, does not hash, and never throws: what cannot be read is told by `refusal`.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Dialect } from '../../domain/batch';
import { MAGIC_BYTES_MAX, recogniseBinary } from './magic-bytes';
import { firstInvalidUtf8, incompleteTail } from './utf8';

/** Why a file cannot be read as text. `byte` is the first offending one, 0-based. */
export type Refusal =
  { readonly code: 'F010'; readonly kind: string } | { readonly code: 'P102'; readonly byte: number };

export interface FileFacts {
  readonly bytes: number;
  readonly encoding: Dialect['encoding'];
  readonly bom: boolean;
  /** Nothing but blanks. */
  readonly blank: boolean;
  /** The first character that is no blank opens a list or an object of JSON. */
  readonly opensJson: boolean;
  readonly refusal: Refusal | null;
}

export interface Inspector {
  /** The chunk is not kept. */
  update(chunk: Uint8Array): void;
  finish(): FileFacts;
}

/** Bytes that Windows-1252 leaves undefined. */
const UNDEFINED_1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
const NUL = 0;
const LF = 0x0a;
const CR = 0x0d;
const BOM = 0xfeff;

export function bomLength(facts: Pick<FileFacts, 'bom' | 'encoding'>): 0 | 2 | 3 {
  if (!facts.bom) return 0;
  return facts.encoding === 'utf-8' ? 3 : 2;
}

export function createInspector(): Inspector {
  let head = Buffer.alloc(0);
  let checks: TextChecks | null = null;
  let bytes = 0;

  function begin(): TextChecks {
    checks = createTextChecks(head);
    checks.update(head);
    return checks;
  }

  return {
    update(chunk) {
      bytes += chunk.length;
      if (checks === null) {
        head = Buffer.concat([head, chunk]);
        if (head.length >= MAGIC_BYTES_MAX) begin();
      } else {
        checks.update(viewOf(chunk));
      }
    },
    finish: () => ({ bytes, ...(checks ?? begin()).finish() }),
  };
}

interface TextChecks {
  update(chunk: Buffer): void;
  finish(): Omit<FileFacts, 'bytes'>;
}

/** The checks for the encoding that the first bytes announce. */
function createTextChecks(head: Buffer): TextChecks {
  const kind = recogniseBinary(head);
  if (kind !== null) return refusing(kind);
  if (head[0] === 0xff && head[1] === 0xfe) return createUtf16Checks('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return createUtf16Checks('utf-16be');
  return createByteChecks(head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf);
}

function refusing(kind: string): TextChecks {
  const refusal: Refusal = { code: 'F010', kind };
  return {
    update: () => undefined,
    finish: () => ({ encoding: 'utf-8', bom: false, blank: false, opensJson: false, refusal }),
  };
}

/** UTF-8 and Windows-1252, told apart at the end of the file. */
function createByteChecks(bom: boolean): TextChecks {
  let offset = 0;
  let carry = Buffer.alloc(0);
  let invalidAt: number | null = null;
  let undefinedAt: number | null = null;
  let nulKind: string | null = null;
  let inFirstLine = true;
  let opening: number | null = null;

  function checkFirstLine(chunk: Buffer): void {
    const ends = [chunk.indexOf(LF), chunk.indexOf(CR)].filter((at) => at >= 0);
    const nul = chunk.subarray(0, Math.min(...ends, chunk.length)).indexOf(NUL);
    if (nul >= 0) nulKind ??= offset + nul < 2 && isWide(chunk, nul) ? 'UTF-16' : 'NUL';
    inFirstLine = ends.length === 0;
  }

  function checkBytes(chunk: Buffer): void {
    if (undefinedAt === null) {
      const found = UNDEFINED_1252.map((byte) => chunk.indexOf(byte)).filter((at) => at >= 0);
      if (found.length > 0) undefinedAt = offset + Math.min(...found);
    }
    if (invalidAt !== null) return;
    const start = offset - carry.length;
    const joined = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    const whole = joined.subarray(0, joined.length - incompleteTail(joined));
    if (!isUtf8(whole)) invalidAt = start + firstInvalidUtf8(whole);
    carry = Buffer.from(joined.subarray(whole.length));
  }

  return {
    update(chunk) {
      if (inFirstLine) checkFirstLine(chunk);
      opening ??= (bom && offset === 0 ? chunk.subarray(3) : chunk).find((byte) => !isBlank(byte)) ?? null;
      if (carry.length > 0 || !isAscii(chunk)) checkBytes(chunk);
      offset += chunk.length;
    },
    finish() {
      if (carry.length > 0) invalidAt ??= offset - carry.length;
      const encoding = bom || invalidAt === null ? 'utf-8' : 'windows-1252';
      const unreadable = encoding === 'utf-8' ? invalidAt : undefinedAt;
      const refusal = refusalOf(nulKind, unreadable);
      return { encoding, bom, blank: opening === null, opensJson: opensJson(opening), refusal };
    },
  };
}

/** UTF-16 with a byte order mark: every surrogate must have its other half. */
function createUtf16Checks(encoding: 'utf-16le' | 'utf-16be'): TextChecks {
  const highByte = encoding === 'utf-16le' ? 1 : 0;
  let offset = 0;
  let pendingByte = -1;
  let highSurrogate = false;
  let brokenAt: number | null = null;
  let nulKind: string | null = null;
  let inFirstLine = true;
  let blank = true;
  let opening: number | null = null;

  function checkUnit(unit: number, at: number): void {
    if (inFirstLine && unit === NUL) nulKind = 'NUL';
    if (unit === LF || unit === CR) inFirstLine = false;
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (isLow !== highSurrogate) brokenAt ??= highSurrogate ? at - 2 : at;
    highSurrogate = unit >= 0xd800 && unit <= 0xdbff;
    if (unit > 0x20 && unit !== BOM) blank = false;
    if (!isBlank(unit) && !(unit === BOM && at === 0)) opening ??= unit;
  }

  return {
    update(chunk) {
      for (const byte of chunk) {
        if (pendingByte < 0) {
          pendingByte = byte;
        } else {
          checkUnit(highByte === 1 ? (byte << 8) | pendingByte : (pendingByte << 8) | byte, offset - 1);
          pendingByte = -1;
        }
        offset++;
      }
    },
    finish() {
      if (pendingByte >= 0) brokenAt ??= offset - 1;
      if (highSurrogate) brokenAt ??= offset - 2;
      return { encoding, bom: true, blank, opensJson: opensJson(opening), refusal: refusalOf(nulKind, brokenAt) };
    },
  };
}

function refusalOf(binaryKind: string | null, unreadableAt: number | null): Refusal | null {
  if (binaryKind !== null) return { code: 'F010', kind: binaryKind };
  return unreadableAt === null ? null : { code: 'P102', byte: unreadableAt };
}

/** NULs at every second byte: UTF-16 whose byte order mark is missing. */
function isWide(chunk: Buffer, nul: number): boolean {
  return chunk[nul + 2] === NUL && chunk[nul + 1] !== NUL;
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

function opensJson(unit: number | null): boolean {
  return unit === 0x5b || unit === 0x7b;
}

function viewOf(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
