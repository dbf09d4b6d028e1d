/**
 * How a command asks the running daemon to lift a ban: a file per request in the data folder, which the daemon takes
 * at its next rescan. Nothing listens for it, so nobody but who may write there can ask.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolders } from '../adapters/spool/data-folders';
import { makeDirectory } from '../adapters/spool/durable-files';

export interface LiftRequests {
  readonly addresses: readonly string[];
  /** What could not be read or taken away. */
  readonly problems: readonly string[];
}

const REQUEST_MAX_CHARACTERS = 100;
const READABLE_BY_ALL = 0o644;

function requestsDir(dataDir: string): string {
  return dataFolders(dataDir).liftDir;
}

/** Makes the folder of requests; called at the start, so that it belongs to the daemon. */
export function prepareLiftRequests(dataDir: string): void {
  makeDirectory(requestsDir(dataDir));
}

/** @throws the error of the file system, for a user who may not write there */
export function requestLift(dataDir: string, address: string): void {
  const name = randomBytes(8).toString('hex');
  const dir = requestsDir(dataDir);
  const hidden = join(dir, `.${name}`);
  writeFileSync(hidden, address);
  chmodSync(hidden, READABLE_BY_ALL);
  renameSync(hidden, join(dir, name));
}

/** Takes the requests that lie there, each once. Never throws. */
export function takeLiftRequests(dataDir: string): LiftRequests {
  const addresses: string[] = [];
  const problems: string[] = [];
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  };
  const dir = requestsDir(dataDir);
  attempt(() => {
    for (const name of readdirSync(dir)) {
      if (name.startsWith('.')) continue;
      attempt(() => addresses.push(readFileSync(join(dir, name), 'utf8').slice(0, REQUEST_MAX_CHARACTERS)));
      attempt(() => {
        rmSync(join(dir, name), { force: true });
      });
    }
  });
  return { addresses, problems };
}
