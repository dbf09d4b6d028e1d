/** The generated pages say what the product says. `npm run docs` writes them anew. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  renderCommandManual,
  renderConfigurationManual,
  renderConfigurationPage,
  wholeProgram,
} from '../../support/generated-manual';
import { renderCodesPage, renderReportsPage } from '../../support/generated-docs';
import { raisedEvents, renderEventsPage } from '../../support/generated-events';

const PAGES: readonly (readonly [string, () => string | Promise<string>])[] = [
  ['docs/codes.md', renderCodesPage],
  ['docs/reports.md', renderReportsPage],
  ['docs/events.md', renderEventsPage],
  ['docs/configuration.md', renderConfigurationPage],
  ['man/labdrop.1', renderCommandManual],
  ['man/labdrop.yaml.5', renderConfigurationManual],
];

it.each(PAGES)('%s is current', async (path, render) => {
  const file = resolve(__dirname, '../../..', path);
  const text = await render();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

it.each(['labdrop.1', 'labdrop.yaml.5'])('man understands %s', (name) => {
  const path = resolve(__dirname, '../../../man', name);
  const { status, stdout, stderr, error } = spawnSync('man', ['--warnings=all', '-l', path], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFSEQ: '' },
  });
  if (error !== undefined) throw error;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('SEE ALSO');
});

it('labdrop(1) tells of every command that does something', async () => {
  interface Doing {
    readonly _actionHandler: unknown;
  }
  const usage = ({ registeredArguments }: Command, path: string): string =>
    [
      path,
      ...registeredArguments.map((argument) => (argument.required ? argument.name() : `[${argument.name()}]`)),
    ].join(' ');
  const doers = (command: Command, path: string): string[] => [
    ...((command as unknown as Doing)._actionHandler === null ? [] : [usage(command, path)]),
    ...command.commands.flatMap((child) => doers(child, `${path} ${child.name()}`)),
  ];
  const told = [...(await renderCommandManual()).matchAll(/^\.SS "(.*)"$/gm)].map(([, heading = '']) => heading);
  expect(told.map((heading) => heading.replace('...', '')).sort()).toEqual(
    doers(await wholeProgram(), 'labdrop').sort(),
  );
});

it('every event of the log is raised somewhere', () => {
  expect([...raisedEvents()].filter(([, levels]) => levels.length === 0)).toEqual([]);
});
