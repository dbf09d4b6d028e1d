/** Belgian wall-clock time, the one that senders write: `YYYY-MM-DD hh:mm:ss` in Europe/Brussels. */
const FORMAT = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function belgianTime(at: Date): string {
  return FORMAT.format(at).replace(',', '');
}
