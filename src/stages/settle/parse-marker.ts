/**
 * Control totals from a marker file: `records=1200` and `sha256=<64 hex>`, one per line, in any case and order, blanks
 * allowed. Everything else in a marker is ignored, so this never fails. Of a repeated total the first counts.
 */
export interface ControlTotals {
  readonly records: number | null;
  /** Lower case. */
  readonly sha256: string | null;
}

/** @param bytes the marker's content, or its first few KiB */
export function parseMarker(bytes: Uint8Array): ControlTotals {
  let records: number | null = null;
  let sha256: string | null = null;
  for (const line of markerText(bytes).split(/[\r\n]+/)) {
    const [, name, value] = /^\s*(records|sha256)\s*=\s*([0-9a-f]+)\s*$/i.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name.toLowerCase() === 'sha256') {
      if (value.length === 64) sha256 ??= value.toLowerCase();
    } else if (/^[0-9]{1,15}$/.test(value)) {
      records ??= Number(value);
    }
  }
  return { records, sha256 };
}

/** Shells on Windows write UTF-16 with a byte order mark; for all else the bytes are as good as ASCII. */
function markerText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.toString('utf16le', 2);
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) return buffer.toString('latin1', 3);
  return buffer.toString('latin1');
}
