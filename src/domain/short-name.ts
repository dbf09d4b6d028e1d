/**
 * A file name that fits when something is put before or behind it: file systems take 255 bytes. A long one loses its
 * end and gets a piece of its hash instead, so that different names stay different. Pure.
 */
import { createHash } from 'node:crypto';

/** Long enough for every name that follows the rules, short enough for a batch id before and `.rN.rejected.json` behind. */
const NAME_MAX_BYTES = 200;

export function shortName(name: string): string {
  if (Buffer.byteLength(name) <= NAME_MAX_BYTES) return name;
  const mark = `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character + mark) > NAME_MAX_BYTES) break;
    kept += character;
  }
  return kept + mark;
}
