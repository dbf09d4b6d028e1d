/** Texts that dpkg reads: the control file, the changelog, and which shared libraries the binaries need. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MAINTAINER = 'labdrop maintainers <labdrop@example.org>';

export function renderControl({ version, depends, description, size }) {
  const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  return [
    'Package: labdrop',
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${size}`,
    `Depends: ${depends}, systemd`,
    'Suggests: openssh-client, sqlite3, prometheus',
    'Section: net',
    'Priority: optional',
    'Description: intake of laboratory test batches over SFTP',
    ...wrapped(`${description}.`),
    ' .',
    ...wrapped('It brings its own Node runtime and needs no other service. The service is installed and not started.'),
    '',
  ].join('\n');
}

export function renderChangelog(version, date) {
  const stamp = date.toUTCString().replace('GMT', '+0000');
  return `labdrop (${version}) stable; urgency=medium\n\n  * What changed stands in changelog.gz.\n\n -- ${MAINTAINER}  ${stamp}\n`;
}

/** A `Depends` of the packages whose libraries the binaries were linked with, in the versions they need. */
export function sharedLibraries(work, binaries) {
  const folder = join(work, 'shlibdeps');
  mkdirSync(join(folder, 'debian'), { recursive: true });
  writeFileSync(join(folder, 'debian/control'), 'Source: labdrop\n\nPackage: labdrop\nArchitecture: any\n');
  const output = execFileSync('dpkg-shlibdeps', ['-O', '--warnings=0', ...binaries.map((path) => `-e${path}`)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return output.trim().replace(/^shlibs:Depends=/, '');
}

function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > 78) lines.push('');
    lines.push(`${lines.pop()} ${word}`);
  }
  return lines;
}
