/**
 * Judges the records of one batch: ajv says which rules a record breaks, and only then the findings are made, all of
 * them at once, in the order of the schema's fields. It takes records as they were read, decides nothing about the
 * file, and compares no record with another. Pure; bad values give findings, never exceptions.
 */
import type { Finding } from '../../domain/finding';
import type { Codelist, MessageType } from '../../domain/message-type';
import type { ParsedRecord } from '../../domain/parsed-record';
import { type Circumstances, type CompiledType, compileType } from './compile-type';
import type { Positions } from './condition';
import { createExplainer, type Explainer } from './explain-record';
import { latestMoment } from './verdict';

/** What the rules need to know besides the record. Times are Belgian local, `YYYY-MM-DD hh:mm:ss`. */
export interface ValidationContext {
  readonly now: string;
  /** Sender number of the file name (R310); null: not judged. */
  readonly sender: string | null;
  /** Time of the file name, the last resort of R302; null: not judged there. */
  readonly fileTime: string | null;
  /** Column of the sender's file in which a field stands, first = 1; null in JSON. */
  readonly columnOf: (fieldIndex: number) => number | null;
}

export interface Judgement {
  /** Findings of this stage alone; those of the reader stay with the record. */
  readonly findings: readonly Finding[];
  /** The record's own array, its values now as they are stored: codes as the set writes them, numbers without hyphens. */
  readonly values: string[];
  /** Something of severity error was found, here or by the reader. */
  readonly rejected: boolean;
  /** The business key, its parts joined by U+001F; '' for a broken record. */
  readonly key: string;
  readonly patient: string;
}

const NO_FINDINGS: readonly Finding[] = Object.freeze([]);
const NOTHING: ReadonlySet<number> = new Set();

export class Validator {
  private readonly compiled: CompiledType;
  private readonly circumstances: Circumstances;
  private readonly explain: Explainer;

  constructor(type: MessageType, codelists: ReadonlyMap<string, Codelist>, context: ValidationContext) {
    const { now, sender, fileTime, columnOf } = context;
    this.compiled = compileType(type, codelists);
    this.circumstances = { values: [], unusable: null, sender, fileTime, latest: latestMoment(now) };
    this.explain = createExplainer(type, this.compiled, this.circumstances, columnOf);
  }

  judge(record: ParsedRecord): Judgement {
    const { values } = record;
    if (record.broken) return { findings: NO_FINDINGS, values, rejected: true, key: '', patient: '' };
    const { check, normalisers, positions, identify } = this.compiled;
    this.circumstances.values = values;
    const right = check.call(this.circumstances, values);
    const skipped = record.absent !== null || record.findings.length > 0 ? skippedFields(record, positions) : NOTHING;
    const findings = right ? NO_FINDINGS : this.explain(record, check.errors ?? [], skipped);
    for (const { normalise, index } of normalisers) {
      const value = values[index] ?? '';
      if (value !== '') values[index] = normalise(value);
    }
    const rejected = findings.some(isError) || record.findings.some(isError);
    const { key, patient } = identify(values);
    return { findings, values, rejected, key, patient };
  }
}

function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}

/** Fields that the record lacks and those whose value the reader refused: nothing more is said of these. */
function skippedFields(record: ParsedRecord, positions: Positions): ReadonlySet<number> {
  const skipped = new Set(record.absent ?? []);
  for (const { field, severity } of record.findings) {
    const index = field === null || severity !== 'error' ? undefined : positions.get(field);
    if (index !== undefined) skipped.add(index);
  }
  return skipped;
}
