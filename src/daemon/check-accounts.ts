/**
 * The account files, as `labdrop check` sees them: that they are there, are right, name what there is, and
 * can be read by the daemon.
 */
import { join } from 'node:path';
import { createAccountDirectory } from '../adapters/accounts/create-account-directory';
import type { DataFolders } from '../adapters/spool/data-folders';
import { exists } from '../adapters/spool/durable-files';
import type { Config } from '../config/config';
import { describeUnknownTypes } from '../domain/unknown-type';
import { checkReadable, daemonUser } from './check-folders';
import { type CheckResult, fine, orFine, wrong } from './check-result';
import { readCatalogue } from './commands-catalogue';
import { findSendersFolderProblem } from './senders-folder';

const AREA = 'accounts';
const EDIT = 'edit that file; it is read at the next login';

export function checkAccounts(config: Config, folders: DataFolders): readonly CheckResult[] {
  const { dir } = config.senders;
  const misplaced = findSendersFolderProblem(config);
  if (misplaced !== null) return [wrong(AREA, misplaced.what, misplaced.fix)];
  if (!exists(dir)) return [fine(AREA, `${dir} is not there yet: labdrop sender add makes it`)];
  const user = daemonUser(folders);
  const { accounts, problems } = createAccountDirectory(dir).list();
  const broken = problems.map((problem) => wrong(AREA, problem, EDIT));
  const paths = [dir, ...accounts.map(({ account }) => join(dir, `${account}.yaml`))];
  const unsafe = paths.flatMap((path) => checkReadable(AREA, path, user));
  const reading = readCatalogue(config.schemas.dir);
  // Without the schemas nobody knows their names, and that is told elsewhere.
  const known = reading.kind === 'catalogue' ? [...reading.catalogue.types.keys()] : null;
  const misspelt = accounts.flatMap(({ account, messageTypes }) =>
    describeUnknownTypes(known === null ? [] : (messageTypes ?? []), known ?? []).map((what) =>
      wrong(AREA, `${join(dir, `${account}.yaml`)}: messageTypes: ${what}`, EDIT),
    ),
  );
  return orFine([...broken, ...misspelt, ...unsafe], AREA, `${accounts.length} in ${dir}`);
}
