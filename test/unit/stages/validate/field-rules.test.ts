/**
 * Every rule of every field of every message, taken from the schemas: at least one value that is accepted and one that
 * is refused. A format, a kind of rule or a field without both makes the count fail.
 */
import { cases, codesOn, optional, pairs, required, restricted } from './field-cases';
import { samplesOf } from './field-samples';
import { rightRecord } from './support';

describe('every field', () => {
  it('is there, with samples of its format in both directions', () => {
    expect(cases.length).toBe(273);
    for (const { field } of cases) {
      const { accepted, refused } = samplesOf(field);
      expect(accepted.length).toBeGreaterThan(0);
      expect(refused.length).toBeGreaterThan(0);
    }
  });

  it.each(cases)('$title: values', ({ type, field }) => {
    const base = rightRecord(type);
    const { accepted, refused } = samplesOf(field);
    const outside = ['R304', 'R305', 'R306', 'R308', 'R309', 'R310', 'V218'];
    for (const value of accepted) {
      const codes = codesOn(type, { ...base, [field.name]: value }, field.name);
      expect([value, codes.filter((code) => !outside.includes(code))]).toEqual([value, []]);
    }
    for (const [value, code] of refused) {
      const codes = codesOn(type, { ...base, [field.name]: value }, field.name);
      expect([value, codes.filter((each) => !outside.includes(each))]).toEqual([value, [code]]);
    }
  });
});

it('counts the rules that are tried in both directions', () => {
  expect({
    fields: cases.length,
    required: required.length,
    optional: optional.length,
    restricted: restricted.length,
    pairs: pairs.length,
  }).toEqual({ fields: 273, required: 172, optional: 101, restricted: 1, pairs: 36 });
});
