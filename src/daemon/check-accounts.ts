/**
 * The account files, as `labdrop check` sees them: that they are there, are right, name what there is, can be read by
 * the daemon, and that none is missing for which files wait.
 */
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAccountDirectory } from '../adapters/accounts/create-account-directory';
import type { DataFolders } from '../adapters/spool/data-folders';
import { exists } from '../adapters/spool/durable-files';
import type { Config } from '../config/config';
import { describeUnknownTypes } from '../domain/unknown-type';
import { fileKind } from '../stages/name/split-file-name';
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
  const abandoned = checkAbandoned(config, folders);
  return orFine([...broken, ...misspelt, ...unsafe, ...abandoned], AREA, `${accounts.length} in ${dir}`);
}

/** What lies in the drop folders of an account that there is no more: nobody is told of it otherwise. */
function checkAbandoned({ senders }: Config, { accountsDir }: DataFolders): readonly CheckResult[] {
  return foldersIn(accountsDir).flatMap((account) => {
    const accountFile = join(senders.dir, `${account}.yaml`);
    const count = dropped(join(accountsDir, account)) + dropped(join(accountsDir, account, 'test'));
    if (count === 0 || exists(accountFile)) return [];
    const what = `${join(accountsDir, account)} holds ${files(count)}, and there is no account ${account}`;
    return [wrong(AREA, `${what}: nothing there is taken up`, `put ${accountFile} back, or move what lies there away`)];
  });
}

function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** Data and markers; what is being uploaded under a temporary name is none of them. */
function dropped(folder: string): number {
  const isMeant = (name: string): boolean => ['data', 'marker', 'cancel'].includes(fileKind(name).kind);
  return entriesOf(folder).filter((entry) => entry.isFile() && isMeant(entry.name)).length;
}

function foldersIn(folder: string): readonly string[] {
  return entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** None where there is no such folder, or it cannot be listed: that is told elsewhere. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return [];
    throw error;
  }
}
