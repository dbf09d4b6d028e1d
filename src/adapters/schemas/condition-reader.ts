/**
 * Reads the conditions of one schema file: written out, or by a name of `x-conditions`. What it cannot read it adds to
 * the list of problems and takes as `always`.
 */
import type { Condition } from '../../domain/message-type';

/** A condition as the file writes it; those that it names are replaced when it is read. */
export type ConditionFile =
  string | Exclude<Condition, { kind: 'all' }> | { readonly kind: 'all'; readonly of: readonly ConditionFile[] };

const DEEPEST = 8;

export class ConditionReader {
  constructor(
    private readonly named: Readonly<Record<string, ConditionFile>>,
    private readonly checkNames: (path: string, names: readonly string[]) => void,
    private readonly problems: string[],
  ) {}

  read(file: ConditionFile, path: string, depth = 0): Condition {
    if (typeof file === 'string') {
      const found = Object.hasOwn(this.named, file) ? this.named[file] : undefined;
      if (found !== undefined && depth < DEEPEST) return this.read(found, `/x-conditions/${file}`, depth + 1);
      this.problems.push(`${path}: ${found === undefined ? `there is no condition "${file}"` : 'it names itself'}`);
      return { kind: 'always' };
    }
    if (file.kind === 'all') return { kind: 'all', of: file.of.map((part) => this.read(part, path, depth + 1)) };
    if (file.kind === 'any-present' || file.kind === 'none-present') this.checkNames(path, file.fields);
    if (file.kind === 'equals') this.checkNames(path, [file.field]);
    return file;
  }

  /** The opposite, which exists for `any-present` and `none-present` alone. */
  readOpposite(file: ConditionFile, path: string): Condition {
    const condition = this.read(file, path);
    if (condition.kind === 'any-present') return { kind: 'none-present', fields: condition.fields };
    if (condition.kind === 'none-present') return { kind: 'any-present', fields: condition.fields };
    this.problems.push(`${path}: only any-present and none-present can stand after "unless"`);
    return condition;
  }
}
