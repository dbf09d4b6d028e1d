import { FINDING_CODES, type FindingCode } from '../../../../src/domain/codes';
import { LOG_LINE_BYTES_MAX, renderRejectionLogLine } from '../../../../src/stages/report/render-rejection-log-line';
import { groupsOf, lostZero, makeBatch, makeStored } from './fixtures';

const CODES = Object.keys(FINDING_CODES) as FindingCode[];

describe('renderRejectionLogLine', () => {
  it('is one logfmt line of counts and codes', () => {
    const findings = [lostZero(), lostZero(), makeStored('V200', { field: 'Sex' }), makeStored('P101')];
    expect(renderRejectionLogLine(makeBatch(), groupsOf(findings))).toBe(
      'time=2021-01-01T11:00:02.000Z outcome=PARTIAL sender=81365677 type=LaboratoryTestResult ' +
        'file=81365677_LaboratoryTestResult_210101120000.csv records=20 ok=18 rejected=1 duplicate=1 warnings=1 ' +
        'top=V201:PatientIdentificationNumber:2,V200:Sex:1,P101:-:1 ms=1000 batch=01900000-0000-7000-8000-000000000001',
    );
  });

  it.each([
    ['a b.csv', '"a b.csv"'],
    ['a"b.csv', '"a\\"b.csv"'],
    ['a\nb\u0000\u001b[31m\u2028.csv', '"a\\nb\\u0000\\u001b[31m\\u2028.csv"'],
    ['a=b', '"a=b"'],
    ['Zoë.csv', '"Zoë.csv"'],
    ['', '""'],
  ])('escapes %j', (fileName, expected) => {
    const line = renderRejectionLogLine(makeBatch({ fileName }), []);
    expect(line).toContain(` file=${expected} records=`);
    expect(line).not.toContain('\n');
  });

  it('says - for what is not known', () => {
    const batch = makeBatch({ sender: null, messageType: null, committedAt: null });
    expect(renderRejectionLogLine(batch, [])).toMatch(/^time=2021-01-01T11:00:00.000Z .* sender=- type=- .* top=- /);
  });

  it.each([
    [{}, 1000],
    [{ archivedAt: null, committedAt: null }, 0],
    [{ claimedAt: null }, 0],
    [{ claimedAt: '2021-01-01T12:00:00.000Z' }, 0],
  ])('of a batch with %j took %d ms', (times, ms) => {
    expect(renderRejectionLogLine(makeBatch(times), [])).toContain(` ms=${ms} `);
  });

  it.each(CODES)('%s: holds no value and no word of the sender', (code) => {
    const { scope, params } = FINDING_CODES[code];
    const secret = 'Peeters';
    const details = {
      field: scope === 'cell' ? 'LastNamePat' : secret,
      value: secret,
      suggestion: secret,
      expected: secret,
      params: Object.fromEntries(params.map((name) => [name, secret])),
    };
    expect(renderRejectionLogLine(makeBatch(), groupsOf([makeStored(code, details)]))).not.toContain(secret);
  });

  it('stays short enough for one write', () => {
    const findings = CODES.map((code) => makeStored(code, { field: 'é'.repeat(200) }));
    const batch = makeBatch({ fileName: '\u0001'.repeat(255), messageType: 'x'.repeat(60) });
    const line = renderRejectionLogLine(batch, groupsOf(findings));
    expect(Buffer.byteLength(line)).toBeLessThan(LOG_LINE_BYTES_MAX);
    expect(line).not.toContain('\n');
  });
});
