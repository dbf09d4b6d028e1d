/** A count with its noun, for people who read English: `1 record`, `2 records`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
