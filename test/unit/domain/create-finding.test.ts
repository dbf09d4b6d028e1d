import { createFinding, cutCodePoints } from '../../../src/domain/create-finding';
import { FINDING_VALUE_MAX } from '../../../src/domain/finding';

it('takes scope and severity from the table, and leaves the rest empty', () => {
  expect(createFinding('P111')).toEqual({
    code: 'P111',
    severity: 'info',
    scope: 'file',
    line: null,
    record: null,
    field: null,
    columnNo: null,
    value: null,
    expected: null,
    suggestion: null,
    params: {},
  });
});

it('lets the caller say otherwise', () => {
  const finding = createFinding('P112', { scope: 'record', severity: 'warning', line: 3, params: { reason: 'x' } });
  expect(finding).toMatchObject({ scope: 'record', severity: 'warning', line: 3, params: { reason: 'x' } });
});

it.each([
  ['short', 'short'],
  ['', ''],
  ['x'.repeat(300), 'x'.repeat(FINDING_VALUE_MAX)],
  ['𝒳'.repeat(256), '𝒳'.repeat(256)],
  ['𝒳'.repeat(300), '𝒳'.repeat(256)],
])('keeps so much of a value', (value, kept) => {
  expect(createFinding('V218', { value }).value).toBe(kept);
});

it('counts an unpaired surrogate as one', () => {
  expect(cutCodePoints('\ud800\ud800abc', 3)).toBe('\ud800\ud800a');
});
