/**
 * Findings in the order of errors.csv. They are numbered with those on the file before those on records, both sorted by
 * line; here the two are merged, so that whoever goes through the file meets each where it stands. Nothing is held.
 */
import type { StoredFinding } from '../../domain/report-source';

/** @param open gives the findings in the order of their numbers, each time from the beginning */
export function* inLineOrder(open: () => Iterable<StoredFinding>): Generator<StoredFinding> {
  const onFile = findingsOnFile(open());
  let next = onFile.next();
  for (const finding of open()) {
    if (isOnFile(finding)) continue;
    for (; next.done !== true && (next.value.line ?? 0) <= (finding.line ?? 0); next = onFile.next()) yield next.value;
    yield finding;
  }
  for (; next.done !== true; next = onFile.next()) yield next.value;
}

function* findingsOnFile(findings: Iterable<StoredFinding>): Generator<StoredFinding> {
  for (const finding of findings) {
    if (!isOnFile(finding)) return;
    yield finding;
  }
}

function isOnFile({ scope }: StoredFinding): boolean {
  return scope === 'file' || scope === 'header';
}
