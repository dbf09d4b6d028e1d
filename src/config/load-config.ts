/**
 * Finds, reads, validates and freezes the configuration. It creates nothing and looks at no folder that the
 * configuration names. Fails with `ConfigProblem`, which holds every problem at once.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from './config';
import { ConfigProblem } from './config-problem';
import { deepFreeze } from './deep-freeze';
import { findPortClash } from './find-port-clash';
import { createYamlReader, readYaml, yamlSchema } from './read-yaml';

export interface ConfigSearch {
  /** From `--config`; relative to `cwd`. */
  readonly explicitPath: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Folder of the program's own files, with `schemas/` in it. */
  readonly packageRoot: string;
}

export const CONFIG_SCHEMA = yamlSchema('config', { digitsAreText: false });

/** Without a byte of content; a file that lost its content in a crash may hold zeros. */
const BLANK = /^[\s\0]*$/;

/** What the file holds once its schema's defaults are filled in. */
type ConfigFile = Omit<Config, 'configPath' | 'schemas'> & { readonly schemas: { readonly dir: string | null } };

/** @throws ConfigProblem when there is no file, it cannot be read, or it is not right. */
export function loadConfig(search: ConfigSearch): Config {
  const configPath = findConfig(search);
  const text = readText(configPath);
  if (BLANK.test(text)) {
    // What a crash cuts to nothing would else start an empty daemon where the defaults say.
    const message = 'is empty: put its content back from a copy; for every default, write {}';
    throw new ConfigProblem(configPath, [{ path: '', message, line: null }]);
  }
  const reading = readYaml(text, createYamlReader(CONFIG_SCHEMA));
  if (reading.kind === 'problems') throw new ConfigProblem(configPath, reading.problems);
  const file = reading.value as unknown as ConfigFile;
  const clashes = findPortClash(file);
  if (clashes.length > 0) throw new ConfigProblem(configPath, clashes);
  const from = dirname(configPath);
  return deepFreeze({
    ...file,
    configPath,
    dataDir: resolve(from, file.dataDir),
    senders: { dir: resolve(from, file.senders.dir) },
    schemas: { dir: file.schemas.dir === null ? join(search.packageRoot, 'schemas') : resolve(from, file.schemas.dir) },
  });
}

/** `--config`, `LABDROP_CONFIG`, `./config/labdrop.yaml`, `/etc/labdrop/labdrop.yaml`: the first one given or there. */
function findConfig(search: ConfigSearch): string {
  const named = search.explicitPath ?? search.env['LABDROP_CONFIG'] ?? '';
  if (named !== '') return resolve(search.cwd, named);
  const usual = [join(search.cwd, 'config', 'labdrop.yaml'), '/etc/labdrop/labdrop.yaml'];
  const found = usual.find(mayBeThere);
  if (found !== undefined) return found;
  const message = `no configuration: neither ${usual.join(' nor ')} is there; name one with --config or LABDROP_CONFIG`;
  throw new ConfigProblem(null, [{ path: '', message, line: null }]);
}

/** Where nobody may look it may be: reading it tells why it cannot be read. */
function mayBeThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const message = `cannot be read: ${(error as Error).message}`;
    throw new ConfigProblem(path, [{ path: '', message, line: null }]);
  }
}
