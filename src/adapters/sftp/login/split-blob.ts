/** The counted strings that keys, signatures and certificates are made of. Pure. */

/** All strings of a blob; what is cut off ends the list. */
export function splitBlob(blob: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  let position = 0;
  while (position + 4 <= blob.length) {
    const end = position + 4 + blob.readUInt32BE(position);
    if (end > blob.length) break;
    parts.push(blob.subarray(position + 4, end));
    position = end;
  }
  return parts;
}
