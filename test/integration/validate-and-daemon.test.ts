/**
 * The same file through `validate` and through the daemon's path: the same findings, counts and outcome, but for what
 * only an account, a marker or the store can tell. The first delivery of every case of the corpus, and every example.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Validation, validateFile } from '../../src/daemon/validate-file';
import type { StoredFinding } from '../../src/domain/report-source';
import { splitFileName } from '../../src/stages/name/split-file-name';
import { renderValidateLine } from '../../src/stages/report/render-validate-line';
import { CORPUS, readCases } from '../support/corpus';
import { fileNames, makePipelineHome, START } from '../support/pipeline-home';
import { EXAMPLES } from '../support/shipped-examples';

/** Told by accounts, markers, configured bounds and the store. */
const ELSEWHERE = ['F003', 'F006', 'F007', 'F009', 'F011', 'F012', 'F013', 'F014', 'F015', 'F016'];
const OF_THE_STORE = ['D401', 'D402', 'D404', 'D406', 'R311'];

interface Input {
  readonly title: string;
  readonly folder: string;
  readonly name: string;
}

const fromCorpus = readCases()
  .filter(({ codes, rules }) => rules === undefined && !codes.some((code) => ELSEWHERE.slice(0, 5).includes(code)))
  .flatMap(({ name: title }): Input[] => {
    const folder = join(CORPUS, title, 'input/1');
    const data = fileNames(folder).filter((name) => splitFileName(name).kind === 'data');
    return data.map((name) => ({ title: `${title}: ${name}`, folder, name }));
  });
const fromExamples = fileNames(EXAMPLES).map((name) => ({ title: name, folder: EXAMPLES, name }));

it('has files to compare', () => {
  expect(fromCorpus.length).toBeGreaterThan(70);
  expect(fromExamples.length).toBe(14);
});

it.each([...fromExamples, ...fromCorpus])('$title', async ({ folder, name }) => {
  const home = makePipelineHome({ account: { senders: [name.split('_')[0]!] } });
  try {
    const { catalogue } = home;
    const { batch, findings } = await home.drop(name, readFileSync(join(folder, name)));
    const now = (): Date => new Date(START + 1000);
    const options = {
      path: join(folder, name),
      messageType: null,
      catalogue,
      reportsDir: null,
      language: 'en',
      now,
    } as const;
    const validated = validateFile(options, (validation) => ({ ...look(validation), line: printed(validation) }));
    const own = findings.filter(({ code }) => !OF_THE_STORE.includes(code) && !ELSEWHERE.includes(code));
    expect(validated.findings.map(comparable)).toEqual(own.map(comparable));
    const { records, accepted, rejected, duplicate, outcome, dialect, sha256 } = batch;
    expect(validated.batch).toMatchObject({ records, accepted, rejected, duplicate, outcome, dialect, sha256 });
    const { findings: lines, ...report } = validated.line;
    expect(lines).toHaveLength(validated.findings.length);
    expect(report['counts']).toMatchObject({ records, accepted, rejected, duplicate });
    for (const finding of lines) {
      expect(Object.keys(finding)).toEqual(
        expect.arrayContaining([
          'seq',
          'severity',
          'code',
          'scope',
          'line',
          'record',
          'field',
          'value',
          'suggestion',
          'message',
        ]),
      );
    }
  } finally {
    home.remove();
  }
});

function look({ batch, findings }: Validation): { batch: Validation['batch']; findings: readonly StoredFinding[] } {
  return { batch, findings: [...findings()] };
}

/** What `--format json` prints, read again. */
function printed({
  batch,
  groups,
  totals,
  findings,
}: Validation): Record<string, unknown> & { findings: readonly object[] } {
  const text = [...renderValidateLine({ batch, groups, totals, files: [] }, findings())].join('');
  expect(text.trimEnd()).not.toContain('\n');
  return JSON.parse(text) as Record<string, unknown> & { findings: readonly object[] };
}

/** All but the number, which counts what the store told too; the last moment of V206 hangs on the clock. */
function comparable(finding: StoredFinding): Partial<StoredFinding> {
  const { severity, code, scope, line, record, field, columnNo, value, expected, suggestion, params, recordKey } =
    finding;
  const moment = code === 'V206' ? null : expected;
  return {
    severity,
    code,
    scope,
    line,
    record,
    field,
    columnNo,
    value,
    expected: moment,
    suggestion,
    params,
    recordKey,
  };
}
