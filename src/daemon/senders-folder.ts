/**
 * The folder of the account files. Before the first start it may be missing: `sender add` makes it. Later one that is
 * missing was moved away or is misspelt in the configuration, and nobody can log in.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { dataFolders } from '../adapters/spool/data-folders';
import { exists, makeDirectory } from '../adapters/spool/durable-files';
import type { Config } from '../config/config';
import { toFault } from '../domain/fault';
import { nearest } from '../domain/nearest';

export interface SendersFolderProblem {
  readonly what: string;
  readonly fix: string;
}

/** @throws the error of the file system when nobody may look */
export function findSendersFolderProblem(config: Config): SendersFolderProblem | null {
  const { senders, configPath } = config;
  const correct = `correct senders.dir in ${configPath}`;
  const found = statSync(senders.dir, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return null;
  if (found !== undefined) return { what: `${senders.dir} is no folder`, fix: correct };
  const meant = meantFolder(senders.dir);
  if (meant === null && !hasStarted(config)) return null;
  const hint = meant === null ? 'or put the folder back; labdrop sender add makes a new one' : `did you mean ${meant}?`;
  return { what: `${senders.dir} is not there: nobody can log in`, fix: `${correct}, ${hint}` };
}

/** The same as a line for people; none when it is there. @throws the error of the file system when nobody may look */
export function missingFolder(config: Config): readonly string[] {
  const problem = findSendersFolderProblem(config);
  return problem === null ? [] : [`${problem.what}; ${problem.fix}`];
}

/**
 * Makes the folder at the first start where it lies in the data folder, as in the configuration that comes with a clone.
 * Elsewhere it is for people to make.
 * @throws Fault S901
 */
export function prepareSendersFolder(config: Config): void {
  if (!config.senders.dir.startsWith(config.dataDir + sep)) return;
  try {
    if (!hasStarted(config)) makeDirectory(config.senders.dir);
  } catch (error) {
    throw toFault(error);
  }
}

/** A start makes the store. */
function hasStarted({ dataDir }: Config): boolean {
  return exists(dataFolders(dataDir).storePath);
}

/** A folder with account files beside it, of nearly the same name. */
function meantFolder(dir: string): string | null {
  const parent = dirname(dir);
  if (!exists(parent)) return null;
  const beside = readdirSync(parent, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && hasAccounts(join(parent, entry.name)) ? [entry.name] : [],
  );
  const meant = nearest(basename(dir), beside);
  return meant === null ? null : join(parent, meant);
}

function hasAccounts(dir: string): boolean {
  return readdirSync(dir).some((name) => name.endsWith('.yaml'));
}
