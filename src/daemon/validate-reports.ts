/**
 * The report sets that `validate` writes, one per input file, all into one folder: what an earlier run left there of the
 * same set goes, and no two files of a call have the same names.
 */
import { lstatSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OUTCOMES } from '../domain/batch';
import { reportBase } from '../domain/batch-record';
import { toFault } from '../domain/fault';
import { splitFileName } from '../stages/name/split-file-name';

/** Of every name that a report can have: see plan-reports. */
const ENDINGS: readonly string[] = [
  'errors.csv',
  'rejected.csv',
  'rejected.json',
  ...OUTCOMES.map((outcome) => `${outcome}.txt`),
  'report.json',
  'report.ok',
];

/** The names that the reports of a data file can have. */
export function possibleReports(fileName: string): readonly string[] {
  const base = reportBase({ baseName: splitFileName(fileName).base, delivery: 1 });
  return ENDINGS.map((ending) => `${base}.${ending}`);
}

/**
 * Removes the reports on the same data file that the set about to be written does not have.
 * @throws Fault S901
 */
export function removeFormerReports(reportsDir: string, fileName: string, written: readonly string[]): void {
  try {
    for (const name of possibleReports(fileName)) {
      const path = join(reportsDir, name);
      if (written.includes(name) || lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
      rmSync(path);
    }
  } catch (error) {
    throw toFault(error);
  }
}

/** Why the reports on these files cannot lie in one folder; null when they can. @param paths absolute */
export function describeReportClash(paths: readonly string[], reportsDir: string): string | null {
  const owners = new Map<string, string>();
  for (const path of paths) {
    const [first = ''] = possibleReports(basename(path));
    const owner = owners.get(first);
    if (owner !== undefined) return `${owner} and ${path} would have reports of the same names`;
    owners.set(first, path);
  }
  const reports = new Map(
    paths.flatMap((path) => possibleReports(basename(path)).map((name) => [join(reportsDir, name), path])),
  );
  const replaced = paths.find((path) => reports.has(path));
  return replaced === undefined ? null : `the reports on ${reports.get(replaced) ?? ''} would replace ${replaced}`;
}
