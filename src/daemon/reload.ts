/**
 * A reload: configuration, accounts, schemas and value sets are read anew, judged as a whole, and put in force as a
 * whole, or refused with every reason while what was in force stays. It never throws; what came of the last one is kept
 * for `labdrop status` and for the `labdrop reload` that asked for it.
 */
import { CatalogueProblem } from '../adapters/schemas/catalogue-problem';
import type { Config } from '../config/config';
import { ConfigProblem, renderKeyProblem } from '../config/config-problem';
import type { Catalogue } from '../domain/message-type';
import type { Logger } from '../ports/logger';

export interface ReloadOutcome {
  /** 1 for the first since the daemon's start. */
  readonly number: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Why it was refused; none when everything is in force. */
  readonly reasons: readonly string[];
}

export interface Reloads {
  /** What is in force afterwards. @param reread reads the configuration; may throw */
  run(reread: () => Config): Config;
  last(): ReloadOutcome | null;
}

export interface ReloadOptions {
  /** The configuration that the daemon was started with. */
  readonly started: Config;
  readonly log: Logger;
  readonly now: () => Date;
  /** Problems of account files, a line each. */
  readonly accountProblems: () => readonly string[];
  readonly loadCatalogue: (schemasDir: string) => Catalogue;
  /** Puts all of it in force, or nothing. @throws why not */
  readonly apply: (config: Config, catalogue: Catalogue) => void;
}

/** Thrown with all that is wrong. */
class Refused extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join('\n'));
  }
}

export function createReloads(options: ReloadOptions): Reloads {
  const { started, log, now, accountProblems, loadCatalogue, apply } = options;
  let inForce = started;
  let outcome: ReloadOutcome | null = null;

  function take(reread: () => Config): void {
    const changed = reread();
    const loaded: Catalogue[] = [];
    const ofSchemas = reasonsOf(() => void loaded.push(loadCatalogue(changed.schemas.dir)));
    const [catalogue] = loaded;
    const reasons = [...fixedKeys(started, changed), ...accountProblems(), ...ofSchemas];
    if (reasons.length > 0 || catalogue === undefined) throw new Refused(reasons);
    apply(changed, catalogue);
    inForce = changed;
  }

  return {
    run: (reread) => {
      const reasons = reasonsOf(() => take(reread));
      outcome = { number: (outcome?.number ?? 0) + 1, at: now().toISOString(), reasons };
      if (reasons.length === 0) log.info('daemon.reload');
      else log.error('daemon.reload-refused', { reasons });
      return inForce;
    },
    last: () => outcome,
  };
}

/** None when it is done. */
function reasonsOf(action: () => void): readonly string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (error instanceof Refused) return error.reasons;
    if (error instanceof CatalogueProblem) return error.problems;
    if (error instanceof ConfigProblem) return error.problems.map((problem) => renderKeyProblem(error.file, problem));
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** What cannot change while the daemon runs. */
const FIXED: readonly (readonly [string, (config: Config) => unknown])[] = [
  ['dataDir', (config) => config.dataDir],
  ['sftp.host', (config) => config.sftp.host],
  ['sftp.port', (config) => config.sftp.port],
  ['sftp.policy', (config) => config.sftp.policy],
  ['sftp.hostKeyTypes', (config) => JSON.stringify(config.sftp.hostKeyTypes)],
  ['sftp.limits', (config) => JSON.stringify(config.sftp.limits)],
  ['senders.dir', (config) => config.senders.dir],
  ['http.host', (config) => config.http.host],
  ['http.port', (config) => config.http.port],
  ['ingest.maxFileBytes', (config) => config.ingest.maxFileBytes],
  ['ingest.rescanSeconds', (config) => config.ingest.rescanSeconds],
  ['ingest.uploadShadowSeconds', (config) => config.ingest.uploadShadowSeconds],
  ['log.format', (config) => config.log.format],
];

function fixedKeys(started: Config, changed: Config): readonly string[] {
  return FIXED.filter(([, read]) => read(started) !== read(changed)).map(
    ([key]) => `${changed.configPath}: ${key}: can change only at a restart`,
  );
}
