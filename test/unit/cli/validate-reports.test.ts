/** `validate --reports`: the folder has one set for each file, and never two that are mixed. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { possibleReports } from '../../../src/daemon/validate-reports';
import { OUTCOMES } from '../../../src/domain/batch';
import { planReports } from '../../../src/stages/report/plan-reports';
import { makeBatch } from '../stages/report/fixtures';
import { LABORATORY_EXAMPLE, readExample, SCHEMAS, SENDER } from '../../support/shipped-examples';
import { type CommandHome, makeCommandHome } from './command-home';

const BASE = `${SENDER}_LaboratoryTestResult_210510090000`;
const RIGHT = readExample(LABORATORY_EXAMPLE);
const DAMAGED = readFileSync(join(SCHEMAS, `covid19/examples-damaged/${BASE}.csv`), 'utf8');

let home: CommandHome;
beforeEach(() => (home = makeCommandHome()));
afterEach(() => home.remove());

const validate = (...files: string[]): ReturnType<CommandHome['run']> =>
  home.run(['validate', ...files, '--reports', 'out']);
const written = (): string[] => readdirSync(join(home.dir, 'out'));
const setOf = (...endings: string[]): string[] => endings.map((ending) => `${BASE}.${ending}`).sort();

it('leaves nothing of the former set, and everything else', async () => {
  home.write(`${BASE}.csv`, DAMAGED);
  await validate(`${BASE}.csv`);
  expect(written()).toEqual(setOf('PARTIAL.txt', 'errors.csv', 'rejected.csv', 'report.json', 'report.ok'));
  const others = [`${BASE}.r2.errors.csv`, `${BASE}.csv`, `${BASE}.errors.csv.bak`, `x${BASE}.errors.csv`];
  for (const name of others) home.write(`out/${name}`, 'mine');
  mkdirSync(join(home.dir, 'out', `${BASE}.rejected.json`));
  home.write(`${BASE}.csv`, RIGHT);
  await validate(`${BASE}.csv`);
  const kept = [...others, `${BASE}.rejected.json`];
  expect(written()).toEqual([...setOf('ACCEPTED.txt', 'report.json', 'report.ok'), ...kept].sort());
});

it.each([
  [`b/${BASE}.csv`, /a\/.*\.csv and .*b\/.*\.csv would have reports of the same names: validate them one by one/],
  [`b/${BASE}.json`, /would have reports of the same names/],
  [`out/${BASE}.rejected.csv`, /the reports on .*a\/.*\.csv would replace .*out\/.*\.rejected\.csv: /],
])('refuses %s beside a file whose reports it would meet, before anything is written', async (other, message) => {
  home.write(`a/${BASE}.csv`, DAMAGED);
  home.write(other, DAMAGED);
  const { status, out, err } = await validate(`a/${BASE}.csv`, other);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  rmSync(join(home.dir, other));
  expect(readdirSync(home.dir).includes('out') ? written() : []).toEqual([]);
});

it('prints findings in the order of the lines, those on the file too', async () => {
  const [header = '', first = '', ...rest] = RIGHT.trimEnd().split(/\r?\n/);
  const wrong = first.replace('85073003328', '1');
  home.write(`${BASE}.csv`, [header, wrong, '', ...rest, ''].join('\n'));
  const { out } = await home.run(['validate', `${BASE}.csv`]);
  const places = out
    .split('\n')
    .flatMap((line) => /^line (\d+).*?: \w+ (\w\d+):/.exec(line)?.slice(1, 3).join(' ') ?? []);
  expect(places).toEqual(['2 V201', '3 P111']);
});

it('takes two files of one name where no reports are written', async () => {
  for (const folder of ['a', 'b']) home.write(`${folder}/${BASE}.csv`, RIGHT);
  expect((await home.run(['validate', `a/${BASE}.csv`, `b/${BASE}.csv`])).status).toBe(0);
});

it('knows every name that a report can have', () => {
  const batch = makeBatch({ baseName: BASE, delivery: 1 });
  const named = OUTCOMES.flatMap((outcome) =>
    (['csv', 'json'] as const).flatMap((format) => {
      const dialect = { ...batch.dialect!, format };
      const planned = planReports(
        { ...batch, outcome, dialect, rejected: 1, header: { offset: 0, length: 1 } },
        { errors: 1, warnings: 0, infos: 0 },
      );
      return planned.map(({ name }) => name);
    }),
  );
  expect([...new Set(named)].sort()).toEqual([...possibleReports(`${BASE}.csv`)].sort());
});
