/**
 * What is to be looked at in a record, as far as it depends on nothing but which of its fields are filled: whether one
 * is missing or should be empty, which rules may be broken, and which values these rules and the record's identity need.
 * Worked out once for each such shape, of which a file has few. Pure but for what is remembered; it never throws.
 */
import type { Condition, FieldSpec, MessageType } from '../../domain/message-type';
import type { CompiledType } from '../validate/compile-type';
import { positionsOf, positionsOfNames } from '../validate/condition';
import type { Rule } from '../validate/cross-rules';
import { identityReads } from '../validate/record-key';

export interface RecordShape {
  /** Every field is filled or empty as it should be, whatever the values are; and some is filled, as in no blank line. */
  readonly whole: boolean;
  readonly rules: readonly Rule['judge'][];
  /** Positions of the fields whose values are needed. */
  readonly reads: readonly number[];
}

/** Shapes that are remembered: hostile files may have as many as records. */
const REMEMBERED_MAX = 4096;

/** Stands for any value. */
const FILLED = '\ufffd';

interface Branch {
  readonly next: Map<number, Branch>;
  shape: RecordShape | null;
}

export class RecordShapes {
  private readonly deciding: readonly number[];
  private root: Branch = newBranch();
  private count = 0;

  constructor(
    private readonly type: MessageType,
    private readonly compiled: Pick<CompiledType, 'presences' | 'rules'>,
  ) {
    this.deciding = positionsOfNames(type.fields.flatMap(fieldsThatDecide), positionsOf(type.fields));
  }

  /** @param filled one bit for each field, 32 in each number, the lowest first */
  of(filled: Int32Array): RecordShape {
    let branch = this.root;
    for (const word of filled) {
      let next = branch.next.get(word);
      if (next === undefined) {
        next = newBranch();
        branch.next.set(word, next);
      }
      branch = next;
    }
    if (branch.shape !== null) return branch.shape;
    branch.shape = this.workOut(filled);
    const { shape } = branch;
    if (++this.count >= REMEMBERED_MAX) {
      this.root = newBranch();
      this.count = 0;
    }
    return shape;
  }

  private workOut(filled: Int32Array): RecordShape {
    const isFilled = (index: number): boolean => index >= 0 && (((filled[index >> 5] ?? 0) >>> (index & 31)) & 1) === 1;
    const rules = this.compiled.rules.filter(({ concerns }) => concerns(isFilled));
    const reads = [...identityReads(this.type, isFilled), ...rules.flatMap((rule) => rule.reads)];
    return {
      whole: filled.some((word) => word !== 0) && !this.deciding.some(isFilled) && this.isWhole(isFilled),
      rules: rules.map(({ judge }) => judge),
      reads: [...new Set(reads)].filter((index) => index >= 0),
    };
  }

  private isWhole(isFilled: (index: number) => boolean): boolean {
    const values = this.type.fields.map(({ index }) => (isFilled(index) ? FILLED : ''));
    return this.compiled.presences.every(({ mustBeFilled, mustBeEmpty }, index) => {
      const breaks = isFilled(index) ? mustBeEmpty : mustBeFilled;
      return breaks === null || !breaks(values);
    });
  }
}

function newBranch(): Branch {
  return { next: new Map(), shape: null };
}

/** Fields whose value, not only its presence, says what must or may be filled. */
function fieldsThatDecide({ required, allowedWhen }: FieldSpec): readonly string[] {
  return [required?.condition, allowedWhen ?? undefined].flatMap((condition) =>
    condition === undefined ? [] : comparedFields(condition),
  );
}

function comparedFields(condition: Condition): readonly string[] {
  if (condition.kind === 'all') return condition.of.flatMap(comparedFields);
  return condition.kind === 'equals' ? [condition.field] : [];
}
