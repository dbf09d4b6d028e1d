/** Lets SQL statements call what is stated in code: the route stage's decisions, so that they are made set-wise, and the hash. */
import type Database from 'better-sqlite3';
import { decideAgainstStored, type StoredComparison } from '../../stages/route/decide-against-stored';
import { decideWithinFile } from '../../stages/route/decide-within-file';

export function registerFunctions(db: Database.Database, hash: (text: string) => number): void {
  const options = { deterministic: true, directOnly: true };
  db.function('place_hash', options, hash);
  db.function('decide_within_file', options, (differing: number, first: number) =>
    decideWithinFile({ differing: differing !== 0, first: first !== 0 }),
  );
  db.function(
    'decide_against_stored',
    options,
    (samePatient: number, sameAsCurrent: number, sameAsSuperseded: number, order: StoredComparison['order']) =>
      decideAgainstStored({
        samePatient: samePatient !== 0,
        sameAsCurrent: sameAsCurrent !== 0,
        sameAsSuperseded: sameAsSuperseded !== 0,
        order,
      }),
  );
}
