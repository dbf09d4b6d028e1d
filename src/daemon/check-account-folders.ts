/**
 * The folders of each account, as `labdrop check` sees them: each is a folder of its own, and the daemon may write into
 * it. One that is missing is nothing to tell: the daemon makes it. Files there that cannot be taken up for their names are
 * told too. It only looks.
 */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { findUndecodableNamesNow } from '../adapters/inbox/undecodable-names';
import type { DataFolders } from '../adapters/spool/data-folders';
import { daemonUser, mayUse, octal } from './check-folders';
import { type CheckResult, orFine, shellWord, wrong } from './check-result';

const AREA = 'drop folders';
const READ_WRITE_ENTER = 0o7;

interface Tree {
  readonly [name: string]: Tree;
}

/** Below `accounts/<account>` and `uploads/<account>`. */
const DROP_TREE: Tree = { reports: {}, test: { reports: {} } };
const UPLOADS_TREE: Tree = { root: {}, test: {} };

export function checkAccountFolders(folders: DataFolders): readonly CheckResult[] {
  const { accountsDir, uploadsDir } = folders;
  const user = daemonUser(folders);
  if (user === null || lstatSync(accountsDir, { throwIfNoEntry: false }) === undefined) return [];
  const accounts = readdirSync(accountsDir);
  const problems = accounts.flatMap((account) => [
    ...checkDropFolders(join(accountsDir, account), user),
    ...checkTree(join(uploadsDir, account), UPLOADS_TREE, user),
  ]);
  return orFine(problems, AREA, `${accounts.length} in ${accountsDir}`);
}

/** Names only where every folder is as it should be. */
function checkDropFolders(path: string, user: { readonly uid: number; readonly gid: number }): CheckResult[] {
  const problems = checkTree(path, DROP_TREE, user);
  return problems.length > 0 ? problems : [path, join(path, 'test')].flatMap(checkNames);
}

/** A folder and what lies below it, as far as it can be entered. */
function checkTree(path: string, tree: Tree, user: { readonly uid: number; readonly gid: number }): CheckResult[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const problem = judge(path, found, user);
  if (problem !== null) return [problem];
  return Object.entries(tree).flatMap(([name, below]) => checkTree(join(path, name), below, user));
}

function checkNames(folder: string): CheckResult[] {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return findUndecodableNamesNow(folder).map(({ path, word }) =>
    wrong(AREA, `the name of ${path} is not UTF-8: the file is not taken up`, `mv ${word} to a name that is`),
  );
}

function judge(
  path: string,
  found: Stats,
  { uid, gid }: { readonly uid: number; readonly gid: number },
): CheckResult | null {
  if (!found.isDirectory()) {
    const what = `${path} is not a folder; its account cannot log in or gets no reports`;
    return wrong(AREA, what, `mv ${shellWord(path)} elsewhere; the daemon makes the folder again`);
  }
  if (mayUse(found, { uid, gid }, READ_WRITE_ENTER)) return null;
  const what = `the daemon (user ${uid}) may not write into ${path} (owner ${found.uid}, mode ${octal(found)})`;
  const fix = found.uid === uid ? `chmod u+rwx ${shellWord(path)}` : `chown -R ${uid}:${gid} ${shellWord(path)}`;
  return wrong(AREA, what, fix);
}
