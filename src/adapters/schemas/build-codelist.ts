/**
 * A value set from the parsed content of its file: `{name, closed, basis, codes: [{code, labels, validFrom, validTo,
 * system}]}`. Problems are returned, never thrown. A code may stand more than once, with other dates.
 */
import type { Codelist, CodelistEntry } from '../../domain/message-type';
import { checkShape } from './check-shape';

interface CodelistFile {
  readonly name: string;
  readonly closed: boolean;
  readonly basis: string;
  readonly codes: readonly (Pick<CodelistEntry, 'code'> & Partial<CodelistEntry>)[];
}

/** The value set, or what is wrong with the file, each as `<path>: <what>`. */
export function buildCodelist(content: unknown): Codelist | readonly string[] {
  const problems = checkShape('codelist', content);
  if (problems.length > 0) return problems;
  const file = content as CodelistFile;
  const entries = file.codes.map(({ code, labels, validFrom, validTo, system }) => ({
    code,
    labels: labels ?? {},
    validFrom: validFrom ?? null,
    validTo: validTo ?? null,
    system: system ?? null,
  }));
  const wrong = checkEntries(entries);
  return wrong.length > 0 ? wrong : { name: file.name, closed: file.closed, basis: file.basis, entries };
}

function checkEntries(entries: readonly CodelistEntry[]): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  entries.forEach(({ code, validFrom, validTo }, index) => {
    const place = `/codes/${index}`;
    if (code.trim() !== code) problems.push(`${place}/code: "${code}" begins or ends with a blank`);
    if (validFrom !== null && validTo !== null && validFrom > validTo) {
      problems.push(`${place}: "${code}" ends on ${validTo}, before it begins on ${validFrom}`);
    }
    const key = `${code.toLowerCase()} ${String(validFrom)} ${String(validTo)}`;
    if (seen.has(key)) problems.push(`${place}/code: "${code}" stands twice with the same dates`);
    seen.add(key);
  });
  return problems;
}
