import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue } from '../../../src/adapters/schemas/load-catalogue';
import { SCHEMAS } from '../../support/shipped-examples';
import { type CommandHome, makeCommandHome } from './command-home';

const LIST = 'CollectivityCodelist';
const TABLE = 'code;label_en;label_nl;valid_from\nA1;Home;Thuis;2021-01-01\nA2;School;;\n';

let home: CommandHome;
let folder: string;
beforeEach(() => {
  home = makeCommandHome('schemas: { dir: ../schemas }');
  cpSync(SCHEMAS, join(home.dir, 'schemas'), { recursive: true });
  folder = join(home.dir, 'schemas/covid19/codelists');
  home.write('a.csv', TABLE);
});
afterEach(() => home.remove());

const run = (...args: string[]): ReturnType<CommandHome['run']> => home.run(['codelist', 'import', ...args]);
const file = (): string => readFileSync(join(folder, `${LIST}.json`), 'utf8');
const listInForce = () => loadCatalogue(join(home.dir, 'schemas')).codelists.get(LIST)!;

describe('codelist import', () => {
  it('says the same to scripts', async () => {
    const path = join(folder, `${LIST}.json`);
    const change = { name: LIST, closed: true, codes: 2, added: ['A1', 'A2'], differs: true, path };
    const dry = JSON.parse((await run('a.csv', '--list', LIST, '--close', '--dry-run', '--json')).out) as unknown;
    expect(dry).toMatchObject({ ...change, written: false, earlier: null });
    const { out } = await run('a.csv', '--list', LIST, '--close', '--json');
    expect(JSON.parse(out)).toMatchObject({ ...change, written: true, earlier: expect.any(String) as string });
    expect(listInForce().entries).toHaveLength(2);
  });

  it('replaces the value set, keeps the earlier one, says what changed and when it holds', async () => {
    const before = file();
    const { status, out, err } = await run('a.csv', '--list', LIST, '--close');
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/^Kind +closed: .* \(was open\)$/m);
    expect(out).toMatch(/^Added +2: A1, A2$/m);
    expect(out).toMatch(/^In force +at the next start of the daemon$/m);
    const earlier = /^Earlier +(.+)$/m.exec(out)![1]!;
    expect(earlier).toBe(join(folder, 'earlier', `${LIST}.20260131T120000.000Z.json`));
    expect(readFileSync(earlier, 'utf8')).toBe(before);
    expect(listInForce()).toMatchObject({
      closed: true,
      basis: 'Imported from a.csv on 2026-01-31',
      entries: [
        { code: 'A1', labels: { en: 'Home', nl: 'Thuis' }, validFrom: '2021-01-01', validTo: null, system: null },
        { code: 'A2', labels: { en: 'School' } },
      ],
    });
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('takes what codelist show --json prints, of every value set that has codes, as the set itself', async () => {
    const { codelists } = loadCatalogue(join(home.dir, 'schemas'));
    const filled = [...codelists.values()].filter(({ entries }) => entries.length > 0);
    expect(filled.length).toBeGreaterThan(5);
    for (const { name } of filled) {
      const shown = await home.run(['codelist', 'show', name, '--json']);
      home.write(`${name}.json`, shown.out);
      const { status, out, err } = await run(`${name}.json`, '--list', name);
      expect([name, status, err]).toEqual([name, 0, '']);
      expect(out).toContain('Nothing differs');
    }
  });

  it('names the line of what is wrong in what codelist show --json printed', async () => {
    const { out } = await home.run(['codelist', 'show', 'SexCodelist', '--json']);
    home.write('a.json', out.replace('"code": "248153007"', '"code": ""'));
    const { status, err } = await run('a.json', '--list', 'SexCodelist');
    expect(status).toBe(1);
    expect(err).toMatch(/^a\.json:6: /);
  });

  it('tells added, removed and changed codes', async () => {
    await run('a.csv', '--list', LIST);
    home.write('b.json', '[{"code":"A2","label":"Boarding school"},{"code":"A3"}]');
    const { out } = await run('b.json', '--list', LIST);
    expect(out).toMatch(/^Codes +2 \(were 2\)$/m);
    expect(out).toMatch(/^Added +1: A3\nRemoved +1: A1\nChanged +1: A2$/m);
    expect(listInForce().closed).toBe(false);
  });

  it('writes nothing where nothing differs, nor in a dry run', async () => {
    const before = file();
    const dry = await run('a.csv', '--list', LIST, '--dry-run');
    expect([dry.status, file()]).toEqual([0, before]);
    expect(dry.out).toContain('Nothing was written (--dry-run).');
    await run('a.csv', '--list', LIST);
    const once = file();
    home.write('again.csv', TABLE);
    const again = await run('again.csv', '--list', LIST);
    expect([again.status, file()]).toEqual([0, once]);
    expect(again.out).toContain('Nothing differs');
    expect(readdirSync(join(folder, 'earlier'))).toHaveLength(1);
  });

  it('opens and closes, and keeps a basis that is given', async () => {
    await run('a.csv', '--list', LIST, '--close', '--basis', 'Circular 12');
    expect(listInForce()).toMatchObject({ closed: true, basis: 'Circular 12' });
    const { out } = await run('a.csv', '--list', LIST, '--open', '--basis', 'Circular 12');
    expect(out).toMatch(/^Kind +open: .* \(was closed\)$/m);
    const shown = await home.run(['codelist', 'show', LIST, '--language', 'nl']);
    expect(shown.out).toMatch(/^Basis +Circular 12$/m);
    expect(shown.out).toMatch(/^A1 +2021-01-01 +- +Thuis$/m);
    expect(shown.out).toMatch(/^A2 +- +- +School$/m);
  });

  it.each([
    ['--close', true],
    ['--open', false],
  ])('mends a value set whose file is broken, once it is told %s', async (flag, closed) => {
    const torn = file().slice(0, 40);
    writeFileSync(join(folder, `${LIST}.json`), torn);
    const asked = await run('a.csv', '--list', LIST);
    expect([asked.status, asked.out, file()]).toEqual([2, '', torn]);
    expect(asked.err).toMatch(/is damaged and does not say .*: say it with --close or --open$/);
    const { status, out } = await run('a.csv', '--list', LIST, flag);
    expect(status).toBe(0);
    expect(out).toMatch(/^Codes +2$/m);
    expect(listInForce()).toMatchObject({ closed, entries: { length: 2 } });
  });

  it.each<[string, object, string]>([
    ['the new file', { name: LIST, closed: true, codes: [{ code: 'B1' }] }, '{'],
    ['the broken one', [{ code: 'B1' }], JSON.stringify({ closed: true, codes: 'none' })],
  ])('needs not be told where %s says it', async (_which, fresh, present) => {
    home.write('b.json', JSON.stringify(fresh));
    writeFileSync(join(folder, `${LIST}.json`), present);
    expect((await run('b.json', '--list', LIST)).status).toBe(0);
    expect(listInForce()).toMatchObject({ closed: true, entries: [{ code: 'B1' }] });
  });

  it('tells every problem with its line and changes nothing', async () => {
    const before = file();
    home.write('bad.csv', 'code;valid_from\n;2021-01-01\nA1;1/2/2021\nA1;\na1;\n');
    const { status, out, err } = await run('bad.csv', '--list', LIST);
    expect([status, out]).toEqual([1, '']);
    expect(err.split('\n')).toEqual([
      'bad.csv:2: there is no code',
      'bad.csv:3: "1/2/2021" is no date: write YYYY-MM-DD',
      'bad.csv:5: the code "a1" stands on line 4 already, as "A1"',
      `3 problems: ${LIST} stays as it is.`,
    ]);
    expect(file()).toBe(before);
    expect(readdirSync(folder)).not.toContain('earlier');
  });

  it('bounds the list of problems', async () => {
    home.write('bad.csv', `code\n${'A\n'.repeat(300)}`);
    const { err } = await run('bad.csv', '--list', LIST);
    expect(err.split('\n')).toHaveLength(102);
    expect(err).toMatch(/\.\.\. and 199 more\n299 problems/);
  });

  it.each<[string, string[], number, RegExp]>([
    ['an unknown list', ['a.csv', '--list', 'ColectivityCodelist'], 2, /did you mean CollectivityCodelist\?/],
    ['an unknown collection', ['a.csv', '--list', LIST, '--collection', 'x'], 2, /no collection "x".*known: covid19/],
    ['no list', ['a.csv'], 2, /--list <name>' not specified/],
    ['a file that is not there', ['gone.csv', '--list', LIST], 2, /gone\.csv: no such file/],
    ['both kinds', ['a.csv', '--list', LIST, '--close', '--open'], 2, /cannot be used with/],
    [
      'another set in the file',
      ['schemas/covid19/codelists/SexCodelist.json', '--list', LIST],
      1,
      /holds "SexCodelist"/,
    ],
  ])('refuses %s', async (_what, args, expected, message) => {
    const { status, out, err } = await run(...args);
    expect([status, out]).toEqual([expected, '']);
    expect(err).toMatch(message);
  });

  it('finds the list of a collection that is named', async () => {
    expect((await run('a.csv', '--list', LIST, '--collection', 'covid19')).status).toBe(0);
  });

  it('warns where an upgrade would replace the folder', async () => {
    const own = makeCommandHome();
    try {
      cpSync(SCHEMAS, join(own.dir, 'schemas'), { recursive: true });
      own.write('a.csv', TABLE);
      own.write('package.json', '{ "version": "1.0.0" }');
      const { status, err } = await own.run(['codelist', 'import', 'a.csv', '--list', LIST], undefined, own.dir);
      expect(status).toBe(0);
      expect(err).toMatch(/^warning: an upgrade of the program replaces .*schemas\.dir/);
    } finally {
      own.remove();
    }
  });
});
