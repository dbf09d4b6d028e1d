/** The Node that goes into the package: the one of the npm registry's node package family, checked by its hash. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Maintained until April 2027. Not 24: since 24.19 its headers make better-sqlite3 12 abort a process now and then ("Assertion
 * failed: (env) != nullptr").
 */
const NODE_VERSION = '22.23.3';
const SHA512 = {
  x64: 'qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  arm64: 'l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==',
};

/**
 * @param given a folder with a Node, or undefined to fetch one
 * @param work where it is unpacked
 * @returns the folder with bin/node, include/node and LICENSE
 */
export function fetchRuntime(given, work) {
  if (given !== undefined) return checked(resolve(given));
  const expected = SHA512[process.arch];
  if (expected === undefined) throw new Error(`no Node is known for ${process.arch}: name one with --node`);
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', `node-linux-${process.arch}@${NODE_VERSION}`, '--pack-destination', work], {
      cwd: work,
      encoding: 'utf8',
    }),
  );
  const tarball = join(work, filename);
  const actual = createHash('sha512').update(readFileSync(tarball)).digest('base64');
  if (actual !== expected) throw new Error(`${filename} has the SHA-512 ${actual}, expected was ${expected}`);
  const folder = join(work, 'node');
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  return checked(folder);
}

function checked(folder) {
  for (const path of ['bin/node', 'include/node/node.h', 'LICENSE']) {
    if (!existsSync(join(folder, path))) throw new Error(`${folder} has no ${path}`);
  }
  return folder;
}
