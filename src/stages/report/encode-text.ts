/**
 * Text into bytes of the encoding a sender uses, in pieces of bounded size. A character that Windows-1252 lacks becomes
 * `?`: only our own additions can hold one, the sender's text came from that encoding.
 */
import type { Dialect } from '../../domain/batch';

/** Characters gathered before a piece is encoded: few enough that the engine holds them among its short-lived values. */
const PIECE_CHARACTERS = 16 * 1024;

/** Windows-1252 where it differs from ISO 8859-1: bytes 0x80 to 0x9F; a space where a byte stands for nothing. */
const WINDOWS_1252_UPPER = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

const upperBytes = new Map(
  Array.from(WINDOWS_1252_UPPER, (character, index) => [character.charCodeAt(0), 0x80 + index] as const).filter(
    ([unit]) => unit !== 0x20,
  ),
);

/** The texts one after the other, as bytes; a byte order mark first where `bom` asks for one. */
export function* encodeText(
  texts: Iterable<string>,
  { encoding, bom }: Pick<Dialect, 'encoding' | 'bom'>,
): Generator<Uint8Array> {
  let pending = bom && encoding !== 'windows-1252' ? '\ufeff' : '';
  for (const text of texts) {
    pending += text;
    if (pending.length < PIECE_CHARACTERS) continue;
    yield encodePiece(pending, encoding);
    pending = '';
  }
  if (pending !== '') yield encodePiece(pending, encoding);
}

function encodePiece(text: string, encoding: Dialect['encoding']): Uint8Array {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text, 'utf8');
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'windows-1252':
      return encodeWindows1252(text);
  }
}

function encodeWindows1252(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (const character of text) {
    const unit = character.codePointAt(0) ?? 0;
    const single = unit < 0x80 || (unit >= 0xa0 && unit <= 0xff);
    bytes[length++] = single ? unit : (upperBytes.get(unit) ?? 0x3f);
  }
  return bytes.subarray(0, length);
}
