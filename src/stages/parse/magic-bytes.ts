/**
 * Recognises files that are not text by their first bytes. Names of kinds hold in every language: they go into reports
 * as they are. Pure; anything unknown is null.
 */
const SIGNATURES: readonly (readonly [kind: string, bytes: readonly number[]])[] = [
  ['ZIP', [0x50, 0x4b, 0x03, 0x04]],
  ['ZIP', [0x50, 0x4b, 0x05, 0x06]],
  ['ZIP', [0x50, 0x4b, 0x07, 0x08]],
  ['GZIP', [0x1f, 0x8b]],
  ['7-Zip', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['RAR', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['XZ', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['ZSTD', [0x28, 0xb5, 0x2f, 0xfd]],
  ['PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['XLS/DOC', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
];

/** Bytes needed at most. */
export const MAGIC_BYTES_MAX = 128;

/** @param head the file's first bytes, `MAGIC_BYTES_MAX` or all there are */
export function recogniseBinary(head: Uint8Array): string | null {
  const kind = kindOf(head);
  const text = Buffer.from(head).toString('latin1');
  if (kind === 'ZIP') {
    if (text.includes('[Content_Types].xml') || text.includes('_rels/')) return 'XLSX/DOCX';
    return text.includes('vnd.oasis.opendocument') ? 'ODS/ODT' : 'ZIP';
  }
  if (kind !== null) return kind;
  return /^BZh[1-9](1AY&SY|\x17rE8P\x90)/.test(text) ? 'BZIP2' : null;
}

function kindOf(head: Uint8Array): string | null {
  for (const [kind, bytes] of SIGNATURES) if (beginsWith(head, bytes)) return kind;
  return null;
}

function beginsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  for (const [at, byte] of bytes.entries()) if (head[at] !== byte) return false;
  return true;
}
