/**
 * Builds the Debian package: the built program, its dependencies compiled, and a Node runtime, so that it installs on a
 * machine that reaches nothing.
 *
 *   npm run deb -- [--output DIR] [--node DIR]
 *
 * --output  where the package goes; the project's folder without it
 * --node    a Node to pack instead of the one from the npm registry: a folder with bin/node and include/node
 *
 * Needs dpkg-dev, binutils, g++, make, python3 and an npm registry. Prints the path of the package; ends with 1 when a
 * step fails.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { fetchRuntime } from './runtime.mjs';
import { installDependencies, stripBinaries } from './dependencies.mjs';
import { renderChangelog, renderControl, sharedLibraries } from './control.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const PROJECT = resolve(HERE, '../..');
const { values: options } = parseArgs({ options: { output: { type: 'string' }, node: { type: 'string' } } });
const output = resolve(options.output ?? PROJECT);

const work = mkdtempSync(join(tmpdir(), 'labdrop-deb-'));
try {
  console.log(build());
} finally {
  rmSync(work, { recursive: true });
}

function build() {
  const root = join(work, 'root');
  const library = join(root, 'usr/lib/labdrop');
  const product = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const runtime = fetchRuntime(options.node, work);
  unpackProduct(library);
  installDependencies({ project: PROJECT, library, runtime });
  mkdirSync(join(library, 'bin'));
  cpSync(join(runtime, 'bin/node'), join(library, 'bin/node'));
  const binaries = stripBinaries(library);
  placeFiles(root, library, runtime);
  const version = `${product.version}-1`;
  const date = commitDate();
  compress(root, 'usr/share/doc/labdrop/changelog.gz', readFileSync(join(PROJECT, 'CHANGELOG.md')));
  compress(root, 'usr/share/doc/labdrop/changelog.Debian.gz', renderChangelog(version, date));
  const depends = sharedLibraries(work, binaries);
  writeControl(root, renderControl({ version, depends, description: product.description, size: sizeKib(root) }));
  fixModes(root);
  const path = join(output, `labdrop_${version}_${architecture()}.deb`);
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '-z3', '--build', root, path], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(Math.floor(date.getTime() / 1000)) },
  });
  return path;
}

/** What `npm install -g` would install, without the files that belong elsewhere on a Debian machine. */
function unpackProduct(library) {
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], { cwd: PROJECT, quiet: true }),
  );
  mkdirSync(library, { recursive: true });
  run('tar', ['-xzf', join(work, filename), '-C', library, '--strip-components=1']);
  // It is called with its own Node; nobody should be led to another one.
  const main = join(library, 'dist/main.js');
  writeFileSync(main, readFileSync(main, 'utf8').replace(/^#!.*/, ''));
}

/** Everything that is not below /usr/lib/labdrop. The units, man pages and examples come out of the npm package. */
function placeFiles(root, library, runtime) {
  const place = (from, to) => cpSync(from, join(root, to), { recursive: true });
  const units = join(library, 'systemd');
  for (const name of readdirSync(units).filter((file) => /\.(service|socket|timer)$/.test(file))) {
    place(join(units, name), `usr/lib/systemd/system/${name}`);
  }
  place(join(units, 'labdrop.sysusers'), 'usr/lib/sysusers.d/labdrop.conf');
  place(join(units, 'labdrop.tmpfiles'), 'usr/lib/tmpfiles.d/labdrop.conf');
  place(join(units, 'labdrop.service.d'), 'usr/share/doc/labdrop/examples/labdrop.service.d');
  place(join(library, 'config/monitoring'), 'usr/share/doc/labdrop/examples/monitoring');
  place(join(HERE, 'files/labdrop'), 'usr/bin/labdrop');
  place(join(HERE, 'files/labdrop.yaml'), 'etc/labdrop/labdrop.yaml');
  place(join(HERE, 'files/copyright'), 'usr/share/doc/labdrop/copyright');
  place(join(HERE, 'files/lintian-overrides'), 'usr/share/lintian/overrides/labdrop');
  place(join(library, 'README.md'), 'usr/share/doc/labdrop/README.md');
  place(join(PROJECT, 'docs'), 'usr/share/doc/labdrop/docs');
  place(join(runtime, 'LICENSE'), 'usr/share/doc/labdrop/node-LICENSE');
  compress(root, 'usr/share/man/man1/labdrop.1.gz', readFileSync(join(library, 'man/labdrop.1')));
  compress(root, 'usr/share/man/man5/labdrop.yaml.5.gz', readFileSync(join(library, 'man/labdrop.yaml.5')));
  const completion = run(join(library, 'bin/node'), [join(library, 'dist/main.js'), 'completion', 'bash'], {
    quiet: true,
  });
  mkdirSync(join(root, 'usr/share/bash-completion/completions'), { recursive: true });
  writeFileSync(join(root, 'usr/share/bash-completion/completions/labdrop'), completion);
  for (const name of ['systemd', 'config', 'man', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    rmSync(join(library, name), { recursive: true });
  }
}

function writeControl(root, control) {
  const folder = join(root, 'DEBIAN');
  cpSync(join(HERE, 'scripts'), folder, { recursive: true });
  writeFileSync(join(folder, 'control'), control);
  writeFileSync(join(folder, 'conffiles'), '/etc/labdrop/labdrop.yaml\n');
  const sums = run('sh', ['-c', "find usr -type f -printf '%p\\0' | LC_ALL=C sort -z | xargs -0 md5sum"], {
    cwd: root,
    quiet: true,
  });
  writeFileSync(join(folder, 'md5sums'), sums);
}

/** Modes as Debian has them, whatever the umask and the modes in the tarballs were. */
function fixModes(root) {
  run('find', [root, '-type', 'd', '-exec', 'chmod', '0755', '{}', '+']);
  run('find', [root, '-type', 'f', '-exec', 'chmod', '0644', '{}', '+']);
  const programs = ['usr/bin/labdrop', 'usr/lib/labdrop/bin/node'];
  const scripts = ['DEBIAN/postinst', 'DEBIAN/prerm', 'DEBIAN/postrm'];
  run('chmod', ['0755', ...[...programs, ...scripts].map((path) => join(root, path))]);
}

function compress(root, path, content) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), gzipSync(content, { level: 9 }));
}

/** Of the commit that is built, so that the same commit gives the same package; of today outside a repository. */
function commitDate() {
  try {
    return new Date(run('git', ['log', '-1', '--format=%cI'], { cwd: PROJECT, quiet: true }).trim());
  } catch {
    return new Date();
  }
}

function sizeKib(root) {
  return Number(run('du', ['-sk', '--apparent-size', root], { quiet: true }).split('\t')[0]);
}

function architecture() {
  return run('dpkg', ['--print-architecture'], { quiet: true }).trim();
}

/** Standard output goes to ours only where it is not wanted: the package's path is the last thing printed. */
function run(program, args, { quiet = false, ...rest } = {}) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', quiet ? 'pipe' : 2, 'inherit'], ...rest });
}
