/**
 * The dependencies in the package: exactly those of the lock file, compiled against the packed Node, without what is
 * needed only for compiling.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Used by installation scripts alone. */
const BUILD_ONLY = new Set(['prebuild-install', 'node-gyp', 'nan', 'buildcheck', 'node-addon-api']);
/** Sources, tests and notes that no program reads: names at any depth, and places in single packages. */
const UNREAD_NAMES = [
  ...['.github', '.vscode', 'test', 'tests', 'spec', 'bench', 'benchmarks', 'example', 'examples', 'docs', 'player'],
  ...['.eslintrc*', '.npmignore', '.gitattributes', '.gitmodules', '.travis.yml', '.editorconfig', '.prettierrc*'],
  ...['*.md', '*.map', '*.d.ts', '*.d.cts', '*.d.mts', '*.html', '*.min.js', 'test_extension.node', 'bin.mjs'],
];
const UNREAD_PLACES = {
  'better-sqlite3': ['deps', 'src', 'binding.gyp'],
  'cpu-features': ['deps', 'src', 'binding.gyp', 'buildcheck.gypi'],
  ssh2: ['lib/protocol/crypto/src', 'lib/protocol/crypto/binding.gyp', 'install.js', 'util'],
};

/**
 * @param project folder of the lock file
 * @param library where node_modules goes
 * @param runtime the Node that they are compiled for
 */
export function installDependencies({ project, library, runtime }) {
  cpSync(join(project, 'package-lock.json'), join(library, 'package-lock.json'));
  execFileSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], {
    cwd: library,
    stdio: ['ignore', 2, 'inherit'],
    env: {
      ...process.env,
      PATH: `${join(runtime, 'bin')}${delimiter}${process.env.PATH}`,
      npm_config_nodedir: runtime,
      npm_config_build_from_source: 'true',
    },
  });
  rmSync(join(library, 'package-lock.json'));
  const modules = join(library, 'node_modules');
  rmSync(join(modules, '.package-lock.json'), { force: true });
  rmSync(join(modules, '.bin'), { recursive: true, force: true });
  const used = reachable(library);
  for (const path of installed(modules)) {
    if (!used.has(path)) rmSync(path, { recursive: true });
    else prune(path);
  }
  removeEmptyFolders(modules);
}

/** Without symbols: they are a quarter of the package. @returns the paths of all binaries */
export function stripBinaries(library) {
  const found = execFileSync(
    'find',
    [library, '-type', 'f', '(', '-name', '*.node', '-o', '-path', '*/bin/node', ')'],
    {
      encoding: 'utf8',
    },
  );
  const binaries = found.split('\n').filter((path) => path !== '');
  execFileSync('strip', ['--strip-unneeded', ...binaries]);
  return binaries;
}

/** Folders of the packages that the program can come to load. */
function reachable(library) {
  const seen = new Set();
  const visit = (folder) => {
    const { dependencies = {}, optionalDependencies = {} } = manifest(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (BUILD_ONLY.has(name)) continue;
      const found = lookUp(name, folder, library);
      if (found === null || seen.has(found)) continue;
      seen.add(found);
      visit(found);
    }
  };
  visit(library);
  return seen;
}

/** As Node looks for a package: in the folder's own node_modules, then outwards. */
function lookUp(name, from, library) {
  for (let folder = from; folder.length >= library.length; folder = join(folder, '..')) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return path;
  }
  return null;
}

function installed(modules) {
  return readdirSync(modules).flatMap((name) => {
    if (name.startsWith('@')) return readdirSync(join(modules, name)).map((scoped) => join(modules, name, scoped));
    return [join(modules, name)];
  });
}

function prune(folder) {
  for (const place of UNREAD_PLACES[manifest(folder).name] ?? []) {
    rmSync(join(folder, place), { recursive: true, force: true });
  }
  const named = UNREAD_NAMES.flatMap((name, index) => [...(index === 0 ? [] : ['-o']), '-name', name]);
  const unread = ['(', ...named, ')', '!', '-iname', 'licen*'];
  execFileSync('find', [folder, '-mindepth', '1', ...unread, '-prune', '-exec', 'rm', '-rf', '{}', '+']);
  // Of what node-gyp made, the addon itself.
  execFileSync('find', [folder, '-path', '*/build/*', '-type', 'f', '!', '-path', '*/Release/*.node', '-delete']);
  execFileSync('find', [folder, '-path', '*/Release/obj*', '-delete']);
}

function removeEmptyFolders(folder) {
  execFileSync('find', [folder, '-type', 'd', '-empty', '-delete']);
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
