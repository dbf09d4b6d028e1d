/**
 * What is made from the schemas of the configuration and from the command line itself: docs/configuration.md, and the man
 * pages labdrop(1) and labdrop.yaml(5). `npm run docs` writes them, a test checks them.
 */
import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import type { CommandContext } from '../../src/cli/command-context';
import { addCommands, createProgram } from '../../src/cli/program';
import { PACKAGE_ROOT } from '../../src/config/package-root';

interface Shape {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly items?: Shape;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
}

interface Key {
  readonly path: string;
  readonly values: string;
  /** As it is written in YAML; null for a key that must be there. */
  readonly standard: string | null;
  readonly description: string;
}

interface Group {
  /** Empty for the keys at the top. */
  readonly path: string;
  readonly description: string;
  readonly keys: readonly Key[];
}

/** docs/configuration.md */
export function renderConfigurationPage(): string {
  const parts = [
    '# Configuration',
    '',
    'Made from `schemas/config.schema.json` and `schemas/account.schema.json` with `npm run docs`. One YAML file, found',
    'by `--config`, `LABDROP_CONFIG`, `./config/labdrop.yaml`, `/etc/labdrop/labdrop.yaml`, in that order. Every key may',
    'be left out; a key that is not known is refused with its place, and the daemon does not start (exit status 78). A',
    "relative path starts at the file's folder. `labdrop check` says what is wrong, `labdrop reload` or `systemctl reload",
    'labdrop` puts a change in force: all of it or, with the reasons, nothing.',
  ];
  for (const { path, description, keys } of groupsOf(readShape('config'))) {
    parts.push('', path === '' ? '## At the top' : `## ${path}`, '', ...(path === '' ? [] : [description, '']));
    parts.push(...keyTable(keys));
  }
  parts.push(
    '',
    '## Account files',
    '',
    'One file `<account>.yaml` in `senders.dir` for each login. It is read at every login: a change holds at once, and a',
    'file that is wrong closes its own account and no other. `labdrop sender add` writes one.',
    '',
    ...groupsOf(readShape('account')).flatMap(({ keys }) => keyTable(keys)),
  );
  return `${parts.join('\n')}\n`;
}

/** man/labdrop.yaml.5 */
export function renderConfigurationManual(): string {
  const lines = [
    ...head('LABDROP.YAML', 5, 'labdrop.yaml \\- configuration of labdrop'),
    '.SH SYNOPSIS',
    '/etc/labdrop/labdrop.yaml',
    '.br',
    '/etc/labdrop/senders/\\fIaccount\\fR.yaml',
    '.SH DESCRIPTION',
    'One YAML file. Every key may be left out; a key that is not known is refused with its place, and the daemon does not',
    'start (exit status 78). A relative path starts at the folder of the file. A key below is written with its group in',
    'front: sftp.port is the key port in the group sftp.',
    '.PP',
    '.B labdrop check',
    'says what is wrong,',
    '.B systemctl reload labdrop',
    'puts a change in force: all of it, or nothing. What cannot change while the daemon runs is refused with its name.',
  ];
  for (const { path, description, keys } of groupsOf(readShape('config'))) {
    lines.push(`.SH "${path === '' ? 'KEYS AT THE TOP' : path.toUpperCase()}"`);
    if (path !== '') lines.push(roff(description));
    lines.push(...keys.flatMap(keyManual));
  }
  lines.push(
    '.SH "ACCOUNT FILES"',
    'One file for each login, in the folder that senders.dir names. It is read at every login: a change holds at once, and',
    'a file that is wrong closes its own account and no other.',
    '.B labdrop sender add',
    'writes one.',
    ...groupsOf(readShape('account')).flatMap(({ keys }) => keys.flatMap(keyManual)),
    '.SH "SEE ALSO"',
    '.BR labdrop (1)',
  );
  return `${lines.join('\n')}\n`;
}

/** man/labdrop.1 */
export async function renderCommandManual(): Promise<string> {
  const program = await wholeProgram();
  const lines = [
    ...head('LABDROP', 1, 'labdrop \\- intake of laboratory test batches over SFTP'),
    '.SH SYNOPSIS',
    '.B labdrop',
    '[\\fB\\-\\-config\\fR \\fIfile\\fR] \\fIcommand\\fR [\\fIarguments\\fR]',
    '.SH DESCRIPTION',
    roff(program.description()),
    'The daemon is',
    '.BR "labdrop serve" ;',
    'the other commands work beside it, or without it.',
    '.SH OPTIONS',
    ...options(program),
    '.SH COMMANDS',
    ...program.commands.flatMap((command) => commandManual(command, 'labdrop')),
    '.SH "EXIT STATUS"',
    ...[
      ['0', 'Done.'],
      ['1', 'The data has errors.'],
      ['2', 'Wrong usage, or input that cannot be read.'],
      ['70', 'Our own failure.'],
      ['78', 'The configuration is not right.'],
    ].flatMap(([status = '', meaning = '']) => tagged(`\\fB${status}\\fR`, meaning)),
    '.SH ENVIRONMENT',
    ...tagged('\\fBLABDROP_CONFIG\\fR', 'The configuration file, where --config names none.'),
    '.SH FILES',
    ...tagged('\\fI/etc/labdrop/labdrop.yaml\\fR', 'The configuration: labdrop.yaml(5).'),
    ...tagged('\\fI/etc/labdrop/senders/\\fR', 'One file for each account.'),
    ...tagged('\\fI/var/lib/labdrop/\\fR', 'Store, drop folders, archive, logs and host keys.'),
    '.SH "SEE ALSO"',
    '.BR labdrop.yaml (5),',
    '.BR sftp (1)',
  ];
  return `${lines.join('\n')}\n`;
}

/** The command line with all its commands, of which none can be run. */
export async function wholeProgram(): Promise<Command> {
  const context = { packageRoot: PACKAGE_ROOT, out: noop, err: noop } as unknown as CommandContext;
  const program = createProgram(context);
  await addCommands(program, context);
  return program;
}

const noop = (): void => undefined;

function readShape(name: 'config' | 'account'): Shape {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, `schemas/${name}.schema.json`), 'utf8')) as Shape;
}

/** A group for each object, outer ones first. */
function groupsOf(shape: Shape, path = ''): readonly Group[] {
  const entries = Object.entries(shape.properties ?? {});
  const keys = entries.filter(([, child]) => child.properties === undefined);
  const within = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const here: Group = {
    path,
    description: shape.description ?? '',
    keys: keys.map(([name, child]) => describeKey(within(name), child, shape.required?.includes(name) === true)),
  };
  const inner = entries
    .filter(([, child]) => child.properties !== undefined)
    .flatMap(([name, child]) => groupsOf(child, within(name)));
  return [...(here.keys.length === 0 ? [] : [here]), ...inner];
}

function describeKey(path: string, shape: Shape, isRequired: boolean): Key {
  const standard = isRequired ? null : (JSON.stringify(shape.default) as string | undefined);
  return { path, values: valuesOf(shape), standard: standard ?? null, description: shape.description ?? '' };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
};

function valuesOf(shape: Shape): string {
  if (shape.enum !== undefined) return shape.enum.map((value) => JSON.stringify(value).replaceAll('"', '')).join(', ');
  const types = [shape.type ?? []].flat() as readonly string[];
  const names = types.filter((type) => type !== 'null').map((type) => TYPE_NAMES[type] ?? type);
  const list = shape.items === undefined ? names.join(' or ') : `list of: ${valuesOf(shape.items)}`;
  return `${list}${rangeOf(shape)}${types.includes('null') ? ', or null' : ''}`;
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Shape): string {
  const low = minimum === undefined ? exclusiveMinimum : minimum;
  if (low === undefined) return '';
  const above = minimum === undefined ? 'above ' : 'from ';
  return `, ${above}${low}${maximum === undefined ? '' : ` to ${maximum}`}`;
}

function keyTable(keys: readonly Key[]): readonly string[] {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<');
  return [
    '| key | values | default | meaning |',
    '| --- | --- | --- | --- |',
    ...keys.map(({ path, values, standard, description }) => {
      const shown = standard === null ? 'must be there' : `\`${standard}\``;
      return `| \`${path}\` | ${cell(values)} | ${shown} | ${cell(description)} |`;
    }),
  ];
}

function keyManual({ path, values, standard, description }: Key): readonly string[] {
  const shown = standard === null ? 'It must be there.' : `Default: ${standard}.`;
  return tagged(`\\fB${roff(path)}\\fR (${roff(values)})`, `${description} ${shown}`);
}

function head(title: string, section: number, name: string): readonly string[] {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string };
  return [`.TH ${title} ${section} "" "labdrop ${version}"`, '.SH NAME', name];
}

function commandManual(command: Command, parents: string): readonly string[] {
  const name = `${parents} ${command.name()}`;
  const inner = command.commands.filter((child) => child.name() !== 'help');
  const below = inner.flatMap((child) => commandManual(child, name));
  const takesNothing = command.options.length + command.registeredArguments.length === 0;
  // It only holds others.
  if (inner.length > 0 && takesNothing) return below;
  const usage = command.registeredArguments.map(argumentName).join(' ');
  return [
    `.SS "${roff(name)} ${usage}"`.replace(/ "$/, '"'),
    roff(sentence(command.description())),
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .flatMap((argument) => tagged(`\\fI${roff(argument.name())}\\fR`, sentence(argument.description))),
    ...options(command),
    ...afterHelp(command),
    ...below,
  ];
}

function argumentName(argument: Argument): string {
  const name = `${roff(argument.name())}${argument.variadic ? '...' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function options(command: Command): readonly string[] {
  const shown = (option: Option): string => {
    const standard = option.defaultValue as unknown;
    const choices = option.argChoices === undefined ? '' : ` One of ${option.argChoices.join(', ')}.`;
    const preset = standard === undefined || standard === false ? '' : ` Default: ${JSON.stringify(standard)}.`;
    return `${sentence(option.description)}${choices}${preset}`;
  };
  return command.options.flatMap((option) => tagged(`\\fB${roff(option.flags)}\\fR`, shown(option)));
}

/** What the command's help says behind its options: notes and examples, line by line as they are. */
function afterHelp(command: Command): readonly string[] {
  let text = '';
  // Commander tells its notes as an event; its types do not say that a command is an emitter.
  (command as unknown as EventEmitter).emit('afterHelp', {
    error: false,
    command,
    write: (part: string) => (text += part),
  });
  if (text.trim() === '') return [];
  return ['.PP', '.nf', ...text.trim().split('\n').map(roff), '.fi'];
}

function tagged(tag: string, text: string): readonly string[] {
  return ['.TP', tag, roff(text)];
}

function sentence(text: string): string {
  const [first = ''] = text;
  return `${first.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** Text that means nothing to roff. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^([.'])/, '\\&$1');
}
