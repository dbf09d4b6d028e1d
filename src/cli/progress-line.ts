/**
 * A line on a terminal that says how far a long command is, in the place of what it said before; the empty text takes it
 * away. It changes at most ten times a second, so that work is not slowed down by telling of it.
 */
const INTERVAL_MS = 100;
const ERASE = '\r\u001b[K';

export function createProgressLine(write: (text: string) => void, nowMs: () => number): (text: string) => void {
  let shownAt = -Infinity;
  let isShown = false;
  return (text) => {
    if (text === '') {
      if (isShown) write(ERASE);
      isShown = false;
      shownAt = -Infinity;
      return;
    }
    if (nowMs() - shownAt < INTERVAL_MS) return;
    shownAt = nowMs();
    isShown = true;
    write(`${ERASE}${text}`);
  };
}
