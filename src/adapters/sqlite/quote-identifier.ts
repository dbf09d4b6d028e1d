/** A name as an SQL identifier: message types and fields are named as their source names them, `/` and all. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
