/** Times for people: local, with the zone. Pure but for the process's time zone. */

/** `2026-01-31 09:15:00 +01:00`; null for none. */
export function localTime(iso: string | null): string | null {
  if (iso === null) return null;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(two).join('-');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  const zone = -at.getTimezoneOffset();
  return `${day} ${time} ${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`;
}

/** `45 s`, `12 min`, `3 h`, `2 d`: one unit, rounded down. */
export function age(sinceIso: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - new Date(sinceIso).getTime()) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
