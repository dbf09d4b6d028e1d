/**
 * What a store must hold after a history of files, whatever order they came in: the rules of identity in plain lists,
 * written down once more without SQL. It judges no value: which records are wrong is given.
 */

/** One record of a file; its line in the file is its number + 1. */
export interface ModelRecord {
  readonly key: string;
  readonly patient: string;
  /** Stands for all values of the record. */
  readonly content: string;
  /** Rejected for a value. */
  readonly wrong: boolean;
}

export interface ModelFile {
  readonly step: number;
  readonly name: string;
  readonly sender: string;
  /** See `versionOrder`. */
  readonly order: string;
  readonly rehearsal: boolean;
  readonly replay: boolean;
  readonly records: readonly ModelRecord[];
}

export interface ModelVerdict {
  readonly outcome: string;
  readonly counts: readonly [records: number, accepted: number, rejected: number, duplicate: number, corrected: number];
  /** `code record params` of what is told of keys, sorted; batches by their step. */
  readonly told: readonly string[];
}

export interface ModelRow extends Omit<ModelRecord, 'wrong'> {
  readonly step: number;
  readonly record: number;
  readonly version: number;
  /** `step/record` */
  readonly supersededBy: string | null;
}

interface Version extends Omit<ModelRow, 'supersededBy'> {
  readonly sender: string;
  readonly file: string;
  order: string;
  supersededBy: Version | null;
}

type Decision =
  | { readonly kind: 'new' | 'wrong' }
  | { readonly kind: 'conflict'; readonly lines: readonly number[] }
  | { readonly kind: 'repeated'; readonly firstLine: number }
  | { readonly kind: 'other-patient' | 'duplicate' | 'confirmation'; readonly stored: Version }
  | { readonly kind: 'correction' | 'older-version'; readonly stored: Version; readonly version: number };

export class StoreModel {
  readonly #versions: Version[] = [];
  readonly #delivered: { readonly file: ModelFile; readonly outcome: string }[] = [];

  /** Takes a file in; the files of one history come in the order of their steps. */
  deliver(file: ModelFile): ModelVerdict {
    const same = file.replay ? undefined : this.#sameContent(file);
    const decisions = this.#decide(file);
    const repeated = same !== undefined && !decisions.some(isStoring);
    const verdict = repeated ? repeatedVerdict(file, same) : verdictOf(decisions);
    if (!file.rehearsal) this.#store(file, decisions);
    this.#delivered.push({ file, outcome: verdict.outcome });
    return verdict;
  }

  rows(sender: string): readonly ModelRow[] {
    return this.#versions
      .filter((version) => version.sender === sender)
      .map(({ key, patient, content, step, record, version, supersededBy }) => ({
        ...{ key, patient, content, step, record, version },
        supersededBy: supersededBy === null ? null : `${supersededBy.step}/${supersededBy.record}`,
      }));
  }

  /** D401: the last file with these very records that was stored whole, or known already. */
  #sameContent(file: ModelFile): ModelFile | undefined {
    const wanted = JSON.stringify(file.records);
    return this.#delivered.findLast(
      ({ file: { sender, rehearsal, records }, outcome }) =>
        sender === file.sender &&
        !rehearsal &&
        ['ACCEPTED', 'DUPLICATE'].includes(outcome) &&
        JSON.stringify(records) === wanted,
    )?.file;
  }

  #decide(file: ModelFile): readonly Decision[] {
    const decisions: Decision[] = [];
    for (const [at, record] of file.records.entries()) {
      const twins = file.records.flatMap(({ key, wrong }, other) => (!wrong && key === record.key ? [other] : []));
      const first = twins[0] ?? at;
      if (record.wrong) {
        decisions.push({ kind: 'wrong' });
      } else if (twins.some((twin) => !areEqual(file.records[twin], record))) {
        decisions.push({ kind: 'conflict', lines: twins.filter((twin) => twin !== at).map(lineOf) });
      } else if (first === at) {
        decisions.push(this.#compare(file, record));
      } else {
        const ofFirst = decisions[first];
        const isAnothers = ofFirst?.kind === 'other-patient';
        decisions.push(isAnothers ? ofFirst : { kind: 'repeated', firstLine: lineOf(first) });
      }
    }
    return decisions;
  }

  #compare({ sender, order }: ModelFile, record: ModelRecord): Decision {
    const versions = this.#versions.filter((version) => version.sender === sender && version.key === record.key);
    const current = versions.find(({ supersededBy }) => supersededBy === null);
    if (current === undefined) return { kind: 'new' };
    if (current.patient !== record.patient) return { kind: 'other-patient', stored: current };
    if (current.content === record.content)
      return { kind: order > current.order ? 'confirmation' : 'duplicate', stored: current };
    const version = Math.max(...versions.map((each) => each.version)) + 1;
    if (order >= current.order) return { kind: 'correction', stored: current, version };
    const known = versions.findLast(({ content }) => content === record.content);
    if (known !== undefined) return { kind: 'duplicate', stored: known };
    return { kind: 'older-version', stored: current, version };
  }

  #store({ step, name, sender, order, records }: ModelFile, decisions: readonly Decision[]): void {
    for (const [at, decision] of decisions.entries()) {
      const record = records[at];
      if (decision.kind === 'confirmation') decision.stored.order = order;
      if (record === undefined || !isStoring(decision)) continue;
      const { key, patient, content } = record;
      const own = { key, patient, content, step, record: at + 1, sender, file: name, order };
      const added: Version = { ...own, version: 'version' in decision ? decision.version : 1, supersededBy: null };
      if (decision.kind === 'older-version') added.supersededBy = decision.stored;
      if (decision.kind === 'correction') decision.stored.supersededBy = added;
      this.#versions.push(added);
    }
  }
}

function lineOf(at: number): number {
  return at + 2;
}

function areEqual(one: ModelRecord | undefined, other: ModelRecord): boolean {
  return one?.patient === other.patient && one.content === other.content;
}

function isStoring({ kind }: Decision): boolean {
  return kind === 'new' || kind === 'correction' || kind === 'older-version';
}

function repeatedVerdict({ records: { length } }: ModelFile, { name, step }: ModelFile): ModelVerdict {
  const params = { earlierFile: name, earlierBatch: step };
  return {
    outcome: 'DUPLICATE',
    counts: [length, 0, 0, length, 0],
    told: [`D401 null ${JSON.stringify(params)}`],
  };
}

function verdictOf(decisions: readonly Decision[]): ModelVerdict {
  const count = (...kinds: readonly Decision['kind'][]): number =>
    decisions.filter(({ kind }) => kinds.includes(kind)).length;
  const corrected = count('correction', 'older-version');
  const accepted = count('new') + corrected;
  const rejected = count('wrong', 'conflict', 'other-patient');
  const duplicate = count('repeated', 'duplicate', 'confirmation');
  const partly = rejected > 0 ? 'PARTIAL' : 'ACCEPTED';
  const without = rejected > 0 ? 'REJECTED' : 'DUPLICATE';
  return {
    outcome: accepted > 0 ? partly : without,
    counts: [decisions.length, accepted, rejected, duplicate, corrected],
    told: decisions.flatMap((decision, at) => tell(decision, at + 1)).sort(),
  };
}

function tell(decision: Decision, record: number): readonly string[] {
  const told = (code: string, params: object): readonly string[] => [`${code} ${record} ${JSON.stringify(params)}`];
  switch (decision.kind) {
    case 'new':
    case 'wrong':
      return [];
    case 'conflict':
      return told('D403', { lines: decision.lines.join(', ') });
    case 'repeated':
      return told('D405', { firstLine: decision.firstLine });
    case 'duplicate':
    case 'confirmation':
      return told('D402', { ...placeOf(decision.stored), earlierBatch: decision.stored.step });
    case 'correction':
    case 'older-version':
      return told('D404', { version: decision.version, ...placeOf(decision.stored) });
    case 'other-patient':
      return told('D406', placeOf(decision.stored));
  }
}

function placeOf({ file, record }: Version): { readonly earlierFile: string; readonly earlierLine: number } {
  return { earlierFile: file, earlierLine: record + 1 };
}
