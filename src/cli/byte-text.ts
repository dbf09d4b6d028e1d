/** A number of bytes for people: `512 B`, `1.5 KiB`, `12 MiB`. Pure. */
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function byteText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}
