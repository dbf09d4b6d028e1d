/** Belgian wall-clock time, the one that senders write: `YYYY-MM-DD hh:mm:ss` in Europe/Brussels. */
let format: Intl.DateTimeFormat | null = null;
/** Told last: most often the same moment is asked for again. */
let last = { second: NaN, text: '' };

export function belgianTime(at: Date): string {
  const second = Math.floor(at.getTime() / 1000);
  if (second !== last.second) last = { second, text: tell(at) };
  return last.text;
}

function tell(at: Date): string {
  // Made at first use: it takes longer than a whole short command.
  format ??= new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Brussels',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return format.format(at).replace(',', '');
}
