import { LANGUAGES } from '../../../../src/domain/account';
import { OUTCOMES } from '../../../../src/domain/batch';
import { FINDING_CODES, type FindingCode } from '../../../../src/domain/codes';
import type { FindingDetails } from '../../../../src/domain/create-finding';
import type { StoredFinding } from '../../../../src/domain/report-source';
import { SEVERITIES } from '../../../../src/domain/severity';
import { renderSummary, SUMMARY_LINES_MAX, type SummaryInput } from '../../../../src/stages/report/render-summary';
import { FINDINGS_PRINTED_MAX, renderValidateText } from '../../../../src/stages/report/render-validate-text';
import { word } from '../../../../src/stages/report/texts';
import { groupsOf, lostZero, makeBatch, makeStored, totalsOf } from './fixtures';

function makeInput(findings: readonly StoredFinding[], overrides: Partial<SummaryInput> = {}): SummaryInput {
  return {
    batch: makeBatch(),
    groups: groupsOf(findings),
    totals: totalsOf(findings),
    errorsFile: 'B.errors.csv',
    rejectedFile: 'B.rejected.csv',
    ...overrides,
  };
}

function linesOf(input: SummaryInput): readonly string[] {
  return renderSummary(input).split('\r\n').slice(0, -1);
}

describe('renderSummary', () => {
  it('tells what became of the file, and what to do', () => {
    const zeros = [18, 44, 45, 46, 47, 48].map((line) => lostZero({ line, record: line - 1 }));
    const findings = [...zeros, makeStored('P101')];
    expect(linesOf(makeInput(findings))).toEqual([
      '81365677_LaboratoryTestResult_210101120000.csv',
      'PARTLY ACCEPTED',
      '20 records: 18 accepted, 1 rejected, 1 duplicate.',
      'Of the accepted ones: 1 with a warning, 0 as a new version.',
      'Received on 2021-01-01 12:00:00 (Belgian time).',
      '',
      'Errors (6)',
      '  V201 6x NISS is not 11 digits (PatientIdentificationNumber [column C], lines 18, 44, 45, 46, 47 ...). Example: 1020300170 -> 01020300170',
      'Warnings (1)',
      '  P101 1x The file is not UTF-8 and was read as Windows-1252. Check the accents in the names, and export as UTF-8 if you can.',
      '',
      'Every finding, with how to fix it: B.errors.csv',
      'Rejected records, to correct and send again: B.rejected.csv',
      'Correct the rejected records and send them as a new file, with a new time in its name.',
    ]);
  });

  it('is short when nothing was found', () => {
    const batch = makeBatch({ outcome: 'ACCEPTED', acceptedWithWarning: 0, mode: 'test', language: 'nl' });
    expect(linesOf(makeInput([], { batch, errorsFile: null, rejectedFile: null })).slice(1)).toEqual([
      'AANVAARD',
      '20 records: 18 aanvaard, 1 geweigerd, 1 dubbel.',
      'Ontvangen op 2021-01-01 12:00:00 (Belgische tijd).',
      'Dit was een test: er is niets opgeslagen.',
      '',
      'Er is niets op aan te merken.',
    ]);
  });

  it('says that the whole file was refused', () => {
    const findings = [makeStored('F013', { params: { rejected: 3, records: 4, limit: '2' } })];
    const lines = linesOf(makeInput(findings, { batch: makeBatch({ outcome: 'REJECTED', language: 'de' }) }));
    expect(lines).toContain('Die Datei wurde als Ganzes abgelehnt: Es wurde nichts gespeichert.');
    expect(lines.at(-1)).toBe('Berichtigen Sie die Datei und senden Sie sie neu, mit einer neuen Zeit im Namen.');
  });

  it.each([
    [[lostZero()], '(PatientIdentificationNumber [column C], line 18)'],
    [[lostZero({ columnNo: null })], '(PatientIdentificationNumber, line 18)'],
    [
      ['a', 'b', 'c'].map((field, index) => lostZero({ field, columnNo: index + 1 })),
      '(a [column A], b [column B], ..., line 18)',
    ],
    [
      [makeStored('V200', { field: 'F', value: '', line: 3, record: 2 })],
      'V200 1x Mandatory value is empty (F, line 3)',
    ],
    [[lostZero({ value: 'a\r\nb\u0000', suggestion: null })], 'Example: a\u240d\u240ab\u2400'],
  ])('shows the place %#', (findings, expected) => {
    expect(renderSummary(makeInput(findings))).toContain(expected);
  });

  it('counts what it knows to be more as more', () => {
    const name = { line: 3, record: 2, field: 'Foo', value: 'Foo', suggestion: 'Food' };
    const lines = linesOf(makeInput([makeStored('H102', { ...name, params: { atLeast: 999 } }), makeStored('H102')]));
    expect(lines.find((line) => line.includes('H102'))).toMatch(/H102 > 999x .*Foo -> Food/);
  });

  describe.each(LANGUAGES)('in %s', (language) => {
    it('has at most 40 lines whatever was found', () => {
      const codes = Object.keys(FINDING_CODES) as FindingCode[];
      const long = 'x\r\ny'.repeat(5000);
      const findings = codes.flatMap((code) =>
        SEVERITIES.map((severity) => makeStored(code, { severity, field: long, value: long, line: 2, record: 1 })),
      );
      for (const outcome of OUTCOMES) {
        const batch = makeBatch({ outcome, language, mode: 'test', corrected: 3 });
        const lines = linesOf(makeInput(findings, { batch }));
        expect(lines.length).toBeLessThanOrEqual(SUMMARY_LINES_MAX);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(700);
        expect(lines.join('\n')).not.toMatch(/[{}\r]|undefined/);
        expect(lines.some((line) => line.includes(String(codes.length * 3 - 22)))).toBe(true);
      }
    });
  });
});

describe('renderValidateText', () => {
  it('prints the summary and then each finding with its place', () => {
    const findings = [makeStored('P101'), lostZero(), makeStored('V200', { field: 'F', line: 9, record: 2 })];
    const text = [...renderValidateText(makeInput(findings), findings)].join('');
    expect(text.split('\n').slice(-4)).toEqual([
      'warning P101: The file is not UTF-8 and was read as Windows-1252. Check the accents in the names, and export as UTF-8 if you can.',
      expect.stringMatching(/^line 18, column C: error V201: PatientIdentificationNumber “1020300170”/),
      'line 9, F: error V200: F is empty, and it is mandatory. Fill in a value.',
      '',
    ]);
  });

  it('names the record where a line may hold many', () => {
    const dialect = { ...makeBatch().dialect!, format: 'json' } as const;
    const input = makeInput([lostZero({ columnNo: null })], { batch: makeBatch({ dialect }) });
    const text = [...renderValidateText(input, [lostZero({ columnNo: null })])].join('');
    expect(text).toContain('line 18, record 17, PatientIdentificationNumber: error V201');
  });

  it('stops after many, and says so', () => {
    function* many() {
      for (let seq = 0; seq < 1_000_000; seq++) yield lostZero({}, seq);
    }
    const input = { ...makeInput([lostZero()]), totals: { errors: 1_000_000, warnings: 0, infos: 0 } };
    const lines = [...renderValidateText(input, many())].join('').split('\n');
    expect(lines.filter((line) => line.startsWith('line 18'))).toHaveLength(FINDINGS_PRINTED_MAX);
    expect(lines.at(-2)).toBe('Only the first 1000 of 1000000 findings are listed here.');
  });
});

describe.each(LANGUAGES)('the line on rejected records in %s', (language) => {
  const line = (name: 'rejectedFile' | 'rejectedPart') => word(language, name, { file: 'B.rejected.csv' });
  const linesWith = (code: FindingCode, details: FindingDetails = {}) =>
    linesOf(makeInput([makeStored(code, details)], { batch: makeBatch({ language }) }));

  it.each(['F011', 'F012', 'P112'] as const)('after %s does not ask for the rejected records back', (code) => {
    expect(linesWith(code)).toContain(line('rejectedPart'));
    expect(linesWith(code)).not.toContain(line('rejectedFile'));
  });

  it('asks for them where the file was read to its end', () => {
    expect(linesWith('F013')).toContain(line('rejectedFile'));
    expect(linesWith('P112', { scope: 'record', record: 3 })).toContain(line('rejectedFile'));
  });
});

it.each<[string, NonNullable<FindingDetails['params']>, string | null]>([
  ['both after a marker alone', { marker: 'X.ok', found: '', partial: '', withdraws: '' }, 'nextMarker'],
  ['nothing after a withdrawal alone', { marker: 'X.cancel', found: '', partial: '', withdraws: 'yes' }, null],
])('asks for %s, and speaks of no file', (_, params, name) => {
  const lines = linesOf(makeInput([makeStored('F006', { params })], { rejectedFile: null }));
  expect(lines.at(-1)).toBe(
    name === null ? word('en', 'errorsFile', { file: 'B.errors.csv' }) : word('en', 'nextMarker'),
  );
  expect(lines).not.toContain(word('en', 'fileRejected'));
  expect(lines).not.toContain(word('en', 'nextFile'));
});
