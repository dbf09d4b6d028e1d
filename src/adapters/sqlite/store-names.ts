/**
 * The names of tables and columns that the store makes for message types, and those that it has taken itself. SQL ignores
 * case. The catalogue asks here before a schema is in force, and ensure-record-tables before it makes a table: what the
 * one lets through the other can make. Pure.
 */

export const OWN_TABLES: readonly string[] = [
  'batches',
  'findings',
  'rejected_records',
  'report_fetches',
  'record_tables',
  'unplaced_patients',
  'hash_secret',
];

/** The columns that every record has beside its fields, with what they hold. */
export const OWN_COLUMNS: Readonly<Record<string, string>> = {
  _id: 'INTEGER PRIMARY KEY',
  _batch_id: 'TEXT NOT NULL',
  _line: 'INTEGER NOT NULL',
  _record: 'INTEGER NOT NULL',
  _version: 'INTEGER NOT NULL',
  _superseded_by: 'INTEGER',
  _received_at: 'TEXT NOT NULL',
  _sender: 'TEXT NOT NULL',
  _key: 'TEXT NOT NULL',
  _patient: 'TEXT NOT NULL',
  _order: 'TEXT NOT NULL',
};

/** SQLite's own limit, as it comes. */
const COLUMNS_MAX = 2_000;

/** Fields that one message type can have. */
export const FIELDS_MAX = COLUMNS_MAX - Object.keys(OWN_COLUMNS).length;

export interface NameProblem {
  readonly name: string;
  /** A sentence that tells the name. */
  readonly what: string;
}

/** Tables with the places of a type's records: see record-places. */
function placesTables(type: string): readonly string[] {
  return [`${type}_by_key`, `${type}_by_patient`].flatMap((name) => [name, `${name}_recent`]);
}

/** Types that the store cannot have beside each other; the later one is told. */
export function findTableProblems(types: readonly string[]): readonly NameProblem[] {
  const own = OWN_TABLES.map((name) => [name, 'a table of its own'] as const);
  return findTaken(own, types, (name) => [name, `current_${name}`, ...placesTables(name)]);
}

/** Fields that the table of one type cannot have, and those that readers and exports take for columns of ours. */
export function findColumnProblems(fields: readonly string[]): readonly NameProblem[] {
  const own = Object.keys(OWN_COLUMNS).map((name) => [name, 'a column of its own'] as const);
  const taken = findTaken(own, fields, (name) => [name]);
  const ours = fields
    .filter((name) => name.startsWith('_') && !taken.some((problem) => problem.name === name))
    .map((name) => ({
      name,
      what: `the name ${JSON.stringify(name)} begins with an underscore: files and exports pass such columns over as our own`,
    }));
  return [...taken, ...ours];
}

/** @param namesFor what the store makes for a name of the schemas */
function findTaken(
  own: readonly (readonly [name: string, holder: string])[],
  names: readonly string[],
  namesFor: (name: string) => readonly string[],
): readonly NameProblem[] {
  const taken = new Map(own.map(([name, holder]) => [fold(name), holder]));
  return names.flatMap((name) => {
    const made = namesFor(name);
    const [why] = made.flatMap((wanted) => reasonAgainst(wanted, taken) ?? []);
    for (const each of made)
      if (!taken.has(fold(each))) taken.set(fold(each), `${JSON.stringify(name)} (it ignores case)`);
    return why === undefined ? [] : [{ name, what: `the store cannot hold the name ${JSON.stringify(name)}: ${why}` }];
  });
}

function reasonAgainst(name: string, taken: ReadonlyMap<string, string>): string | null {
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'it has a character that is none for a name';
  const holder = fold(name).startsWith('sqlite_') ? 'SQLite' : taken.get(fold(name));
  return holder === undefined ? null : `it is taken by ${holder}`;
}

function fold(name: string): string {
  return name.toLowerCase();
}
