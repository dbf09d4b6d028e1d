/**
 * Where a file stands among all that bring versions of a record: the text sorts as the files do, whenever each of them
 * happens to be processed. Pure.
 *
 * @param fileTime from the file name, `YYYY-MM-DD hh:mm:ss`; null where it tells none, which sorts first
 * @param firstReceivedAt ISO 8601 UTC; of the first run, so that a replay keeps the place of its original
 */
export function versionOrder(fileTime: string | null, firstReceivedAt: string): string {
  return `${fileTime ?? ''} ${firstReceivedAt}`;
}
