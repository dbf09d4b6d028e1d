/**
 * What is to be looked at in a record, as far as it depends on nothing but which of its fields are filled: whether one
 * is missing or should be empty, which rules may be broken, and which values these rules and the record's identity need.
 * Worked out once for each such shape, of which a file has few. Pure but for what is remembered; it never throws.
 */
import type { MessageType } from '../../domain/message-type';
import type { CompiledType } from '../validate/compile-type';
import type { Holds, IsFilled } from '../validate/condition';
import type { Rule } from '../validate/cross-rules';
import { identityReads } from '../validate/record-key';

export interface RecordShape {
  /** Some field is filled, as in no blank line; and no field is missing or should be empty for that alone. */
  readonly whole: boolean;
  /** Whether one is missing or should be empty for what stands in another; none of these may hold. */
  readonly wrong: readonly Holds[];
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
  private root: Branch = newBranch();
  private count = 0;

  constructor(
    private readonly type: MessageType,
    private readonly compiled: Pick<CompiledType, 'presences' | 'rules'>,
  ) {}

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
    const { presences, rules } = this.compiled;
    const isFilled: IsFilled = (index) => index >= 0 && (((filled[index >> 5] ?? 0) >>> (index & 31)) & 1) === 1;
    const inForce = presences.flatMap(
      ({ mustBeFilled, mustBeEmpty }, index) => (isFilled(index) ? mustBeEmpty : mustBeFilled) ?? [],
    );
    const byValue = inForce.filter(({ compares }) => compares.some(isFilled));
    const byFilling = inForce.filter(({ compares }) => !compares.some(isFilled));
    const values = this.type.fields.map(({ index }) => (isFilled(index) ? FILLED : ''));
    const concerned = rules.filter(({ concerns }) => concerns(isFilled));
    const reads = [identityReads(this.type, isFilled), ...[...byValue, ...concerned].map((rule) => rule.reads)].flat();
    return {
      whole: filled.some((word) => word !== 0) && !byFilling.some(({ isBroken }) => isBroken(values)),
      wrong: byValue.map(({ isBroken }) => isBroken),
      rules: concerned.map(({ judge }) => judge),
      reads: [...new Set(reads)].filter((index) => index >= 0),
    };
  }
}

function newBranch(): Branch {
  return { next: new Map(), shape: null };
}
