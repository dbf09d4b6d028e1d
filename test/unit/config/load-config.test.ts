import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../../src/config/config';
import { ConfigProblem } from '../../../src/config/config-problem';
import { loadConfig } from '../../../src/config/load-config';

const packageRoot = resolve(__dirname, '../../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labdrop-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

function load(text: string): Config {
  const explicitPath = write('labdrop.yaml', text);
  return loadConfig({ explicitPath, env: {}, cwd: folder, packageRoot });
}

function problemsOf(text: string): ConfigProblem {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigProblem) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const exactly = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

describe('loadConfig', () => {
  it.each([
    ['the same address', 'sftp: { port: 9122 }', true],
    ['a name for it', 'sftp: { port: 7000 }\nhttp: { host: localhost, port: 7000 }', true],
    ['every address', 'sftp: { host: 0.0.0.0, port: 9122 }', true],
    ['every address, IPv6 too', "sftp: { port: 7000 }\nhttp: { host: '::', port: 7000 }", true],
    ['another address', 'sftp: { host: 192.0.2.1, port: 9122 }', false],
    ['IPv6 beside every IPv4 address', "sftp: { host: 0.0.0.0, port: 7000 }\nhttp: { host: '::1', port: 7000 }", false],
    ['no port for health', 'sftp: { port: 9122 }\nhttp: { port: null }', false],
    ['ports that the system chooses', 'sftp: { port: 0 }\nhttp: { port: 0 }', false],
  ])('refuses one port for both servers on one address: %s', (_what, text, refused) => {
    if (!refused) expect(load(text).http).toBeDefined();
    else expect(problemsOf(text).problems).toMatchObject([{ path: 'http.port' }]);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n\n'],
    ['zeros, as after a crash', '\0\0\0\0'],
  ])('takes no file of %s for one that wants every default', (_what, text) => {
    expect(problemsOf(text).problems).toMatchObject([
      { path: '', message: expect.stringMatching(/^is empty: /) as string },
    ]);
    expect(load('{}').dataDir).toBe('/var/lib/labdrop');
  });

  it('fills in every default of a file without a key', () => {
    expect(load('# nothing\n')).toEqual({
      configPath: join(folder, 'labdrop.yaml'),
      dataDir: '/var/lib/labdrop',
      sftp: {
        host: '127.0.0.1',
        port: 2222,
        publicHost: null,
        policy: 'modern',
        hostKeyTypes: null,
        userCaKeys: [],
        revokedKeys: [],
        bans: {
          threshold: 15,
          windowSeconds: 600,
          banSeconds: 900,
          maxBanSeconds: 86400,
          exempt: ['127.0.0.0/8', '::1'],
        },
        limits: {
          maxConnections: 256,
          maxConnectionsPerAddress: 64,
          maxUnauthenticated: 64,
          maxNewConnectionsPerMinute: 600,
          maxChannelsPerConnection: 4,
          maxHandlesPerSession: 64,
          maxHeldBytes: 8388608,
          loginGraceSeconds: 30,
          maxAuthTries: 6,
          idleSeconds: 900,
        },
      },
      senders: { dir: join(folder, 'senders') },
      schemas: { dir: join(packageRoot, 'schemas') },
      http: { host: '127.0.0.1', port: 9122 },
      ingest: {
        mode: 'record',
        maxRejected: null,
        maxRejectedRatio: null,
        maxFileBytes: 2147483648,
        diskReserveBytes: 268435456,
        rescanSeconds: 5,
        markerGraceSeconds: 600,
        unmarkedReminderHours: 24,
        uploadShadowSeconds: 60,
      },
      log: { level: 'info', format: 'json' },
      retention: {
        originalsDays: 365,
        rejectedValuesDays: 90,
        partialUploadsDays: 7,
        findingsDays: 730,
        reportsDays: 90,
      },
    });
  });

  it('makes paths absolute from the folder of the file', () => {
    const config = load('dataDir: ../data\nsenders: { dir: who }\nschemas: { dir: /srv/schemas }\n');
    expect([config.dataDir, config.senders.dir, config.schemas.dir]).toEqual([
      resolve(folder, '../data'),
      join(folder, 'who'),
      '/srv/schemas',
    ]);
  });

  it('is frozen to the bottom', () => {
    const config = load('{}');
    expect(Object.isFrozen(config) && Object.isFrozen(config.sftp) && Object.isFrozen(config.sftp.limits)).toBe(true);
  });

  it('accepts the configuration that comes with the repository', () => {
    const config = loadConfig({ explicitPath: null, env: {}, cwd: packageRoot, packageRoot });
    expect(config).toMatchObject({
      configPath: join(packageRoot, 'config/labdrop.yaml'),
      dataDir: join(packageRoot, 'var'),
      sftp: { host: '127.0.0.1', port: 2222 },
      senders: { dir: join(packageRoot, 'var/senders') },
      schemas: { dir: join(packageRoot, 'schemas') },
    });
  });

  it.each([
    ['an unknown key', 'sftp:\n  prot: 22\n', 'sftp.prot', 2, 'unknown key; did you mean port?'],
    ['an unknown key like no other', 'zzz: 1\n', 'zzz', 1, /^unknown key; known here: dataDir, sftp, /],
    ['a wrong type', 'sftp:\n  host: a\n  port: "22"\n', 'sftp.port', 3, 'must be a whole number, is "22"'],
    ['a value out of range', 'sftp: { port: 70000 }\n', 'sftp.port', 1, 'must be <= 65535, is 70000'],
    [
      'a value out of the list',
      'log:\n  level: loud\n',
      'log.level',
      2,
      /^must be one of "error", "warn", .*is "loud"$/,
    ],
    [
      'a key of two groups, in neither',
      'port: 1\n',
      'port',
      1,
      'unknown key here; did you mean sftp.port or http.port?',
    ],
    ['a key of the top in a group', 'log:\n  ingest: 1\n', 'log.ingest', 2, 'unknown key here; did you mean ingest?'],
    ['a group without keys', 'dataDir: x\nsftp:\n', 'sftp', 2, 'holds nothing: give it a value, or leave the key out'],
    ['a key without value', 'log:\n  level:\n', 'log.level', 2, /^holds nothing/],
    ['a key without colon', 'dataDir x\nlog: {}\n', '', 1, /^is not YAML: .*key without a colon/],
    ['a colon without a blank', 'dataDir:x\nlog: {}\n', '', 1, /^is not YAML: .*colon and a blank behind it/],
    ['a line indented too far', 'dataDir: x\n  log: {}\n', '', 1, /^is not YAML: .*indented too far/],
    ['a tab', 'log:\n\tlevel: info\n', '', 2, /^is not YAML: .*indent with blanks/],
    ['a deep unknown key', 'sftp:\n  limits:\n    idle: 1\n', 'sftp.limits.idle', 3, /^unknown key/],
    ['an unknown own property name', '__proto__: 1\n', '__proto__', 1, /^unknown key/],
    ['a list', '- a\n', '', 1, /must be a group of keys/],
    ['text', 'hello\n', '', 1, /must be a group of keys/],
    ['no YAML', 'a: [1\nb: 2\n', '', 2, /^is not YAML: /],
    ['a key twice', 'dataDir: a\ndataDir: b\n', '', 2, /^is not YAML: .*unique/],
    ['an unknown alias', 'dataDir: *a\n', '', null, /^is not YAML: /],
  ] as const)('refuses %s', (_, text, path, line, message) => {
    const [first] = problemsOf(text).problems;
    expect(first?.path).toBe(path);
    expect(first?.message).toMatch(typeof message === 'string' ? exactly(message) : message);
    if (line !== null) expect(first?.line).toBe(line);
  });

  it('tells all problems at once, a line each', () => {
    const problem = problemsOf('sftp:\n  port: x\nlog: { format: xml, colour: true }\n');
    const file = join(folder, 'labdrop.yaml');
    expect(problem.message.split('\n').sort()).toEqual([
      `${file}:2: sftp.port: must be a whole number, is "x"`,
      `${file}:3: log.colour: unknown key; known here: level, format`,
      `${file}:3: log.format: must be one of "json", "text", is "xml"`,
    ]);
  });

  describe('looks in order', () => {
    const search = (explicitPath: string | null, env: Record<string, string>) =>
      loadConfig({ explicitPath, env, cwd: folder, packageRoot }).dataDir;

    it('--config, LABDROP_CONFIG, ./config/labdrop.yaml', () => {
      write('one.yaml', 'dataDir: /one');
      write('two.yaml', 'dataDir: /two');
      write('config/labdrop.yaml', 'dataDir: /three');
      expect(search('one.yaml', { LABDROP_CONFIG: 'two.yaml' })).toBe('/one');
      expect(search(null, { LABDROP_CONFIG: 'two.yaml' })).toBe('/two');
      expect(search(null, { LABDROP_CONFIG: '' })).toBe('/three');
    });

    it('does not look further when a named file is missing', () => {
      write('config/labdrop.yaml', 'dataDir: /three');
      expect(() => search('gone.yaml', {})).toThrow(/gone\.yaml: cannot be read: ENOENT/);
    });
  });
});

describe('config.schema.json', () => {
  interface Node {
    readonly description?: string;
    readonly type?: string | string[];
    readonly default?: unknown;
    readonly additionalProperties?: boolean;
    readonly properties?: Record<string, Node>;
  }
  const schema = JSON.parse(readFileSync(join(packageRoot, 'schemas/config.schema.json'), 'utf8')) as Node;

  const keys = (node: Node, path: string): [string, Node][] =>
    Object.entries(node.properties ?? {}).flatMap(([name, child]) => [
      [`${path}${name}`, child] as [string, Node],
      ...keys(child, `${path}${name}.`),
    ]);

  it.each(keys(schema, ''))('%s has a description and a default, and a group refuses unknown keys', (_, node) => {
    expect(node.description).toMatch(/\.$/);
    expect(node).toHaveProperty('default');
    expect(node.additionalProperties).toBe(node.type === 'object' ? false : undefined);
  });
});
