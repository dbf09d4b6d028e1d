/** The Node that goes into the package: the one of the npm registry's node package family, checked by its hash. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Long-term support until April 2028. */
const NODE_VERSION = '24.21.0';
const SHA512 = {
  x64: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  arm64: 'FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
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
