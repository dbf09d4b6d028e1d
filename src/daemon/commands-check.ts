/**
 * Everything that `labdrop check` looks at, whether a daemon runs or not. It changes nothing. What cannot be looked at
 * is a problem too, never an exception.
 */
import { existsSync } from 'node:fs';
import { type DataFolders, dataFolders } from '../adapters/spool/data-folders';
import { exists } from '../adapters/spool/durable-files';
import { inspectStore } from '../adapters/sqlite/inspect-store';
import { findInstanceHolder } from '../adapters/sqlite/instance-lock';
import type { Config } from '../config/config';
import { Fault } from '../domain/fault';
import { checkAccountFolders } from './check-account-folders';
import { checkAccounts } from './check-accounts';
import { checkDataFolder, checkFileSystem, checkHostKey, checkReadable, checkSpace, daemonUser } from './check-folders';
import { checkOrphans } from './check-orphans';
import { checkQuarantine } from './check-quarantine';
import { type CheckResult, fine, orFine, shellWord, wrong } from './check-result';
import { checkShape, checkStoreVersion } from './check-store-version';
import { readCatalogue } from './commands-catalogue';
import { readDaemonStatus } from './commands-status';

export type { CheckResult } from './check-result';

const DAY_MS = 86_400_000;

export function checkAll(config: Config, now: Date): readonly CheckResult[] {
  const folders = dataFolders(config.dataDir);
  const checks: readonly (readonly [string, () => readonly CheckResult[]])[] = [
    ['configuration', () => checkConfiguration(config, folders)],
    ['daemon', () => checkDaemon(config)],
    ['data folder', () => checkDataFolder(folders)],
    ['drop folders', () => checkAccountFolders(folders)],
    ['file system', () => checkFileSystem(folders)],
    ['disk space', () => checkSpace(folders, config.ingest.maxFileBytes)],
    ['host key', () => checkHostKey(folders)],
    ['accounts', () => checkAccounts(config, folders)],
    ['schemas', () => checkSchemas(config)],
    ['store', () => checkStore(config, folders, now)],
  ];
  return checks.flatMap(([area, check]) => {
    try {
      return check();
    } catch (error) {
      const user = daemonUser(folders)?.uid;
      const isUser = user === undefined || user === process.getuid?.();
      const fix = isUser
        ? 'mend first what else is told here, else see the message'
        : `run this as user ${user}: sudo -u '#${user}' labdrop check`;
      return [wrong(area, `cannot be looked at: ${(error as Error).message}`, fix)];
    }
  });
}

function checkConfiguration({ configPath }: Config, folders: DataFolders): readonly CheckResult[] {
  return orFine(checkReadable('configuration', configPath, daemonUser(folders)), 'configuration', configPath);
}

function checkDaemon({ dataDir, http, configPath }: Config): readonly CheckResult[] {
  const holder = findInstanceHolder(dataDir);
  const told = holder === null ? null : readDaemonStatus(dataDir);
  if (told !== null && told.sftp !== null && told.http === null && http.port !== null) {
    const what = `running, but without health and metrics: it does not listen on ${http.host} port ${http.port}`;
    const fix = `ss -ltnp 'sport = :${http.port}' shows who does: end that or change http.port in ${configPath}, then restart the daemon`;
    return [wrong('daemon', what, fix)];
  }
  return [fine('daemon', holder === null ? 'not running' : `running (process ${holder.pid})`)];
}

function checkSchemas({ schemas, configPath }: Config): readonly CheckResult[] {
  if (!existsSync(schemas.dir)) {
    const fix = `correct schemas.dir in ${configPath}, or leave it out: then those that came with the program are used`;
    return [wrong('schemas', `${schemas.dir} is not there`, fix)];
  }
  const reading = readCatalogue(schemas.dir);
  if (reading.kind === 'catalogue') {
    const { types, codelists } = reading.catalogue;
    return [fine('schemas', `${types.size} message types, ${codelists.size} value sets in ${schemas.dir}`)];
  }
  return reading.problems.map((problem) =>
    wrong('schemas', problem, `edit that file in ${schemas.dir}, or put the earlier one back, then reload the daemon`),
  );
}

function checkStore(config: Config, folders: DataFolders, now: Date): readonly CheckResult[] {
  const area = 'store';
  const { storePath } = folders;
  if (!exists(storePath)) return [fine(area, `${storePath} is not there yet: it is made at the first start`)];
  try {
    return checkSound(config, folders, now);
  } catch (error) {
    if (error instanceof Fault && !error.retryable) return [wrong(area, error.message, restore(storePath))];
    throw error;
  }
}

/** @throws Fault S902, not retryable where the file is damaged */
function checkSound(config: Config, folders: DataFolders, now: Date): readonly CheckResult[] {
  const area = 'store';
  const { storePath } = folders;
  const store = inspectStore(storePath);
  try {
    const broken = store.problems().map((problem) => wrong(area, problem, restore(storePath)));
    if (broken.length > 0) return broken;
    const version = store.version();
    const missing = store.missing();
    if (missing.length > 0) return [checkShape(folders, version.stored, missing)];
    return [
      checkStoreVersion(storePath, version),
      ...checkOrphans(folders, store, keptSince(config, now)),
      ...checkQuarantine(folders, store),
    ];
  } finally {
    store.close();
  }
}

function restore(storePath: string): string {
  return `stop the daemon, keep ${shellWord(storePath)} aside, and put the last good backup in its place`;
}

/** Originals of batches received from then on are still kept. */
function keptSince({ retention: { originalsDays } }: Config, now: Date): string {
  return originalsDays === null ? '' : new Date(now.getTime() - originalsDays * DAY_MS).toISOString();
}
