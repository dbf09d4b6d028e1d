import { shortName } from '../../../src/domain/short-name';

const long = (end: string): string => 'é'.repeat(120) + end;

it('keeps a name that fits', () => {
  expect(shortName('81365677_LaboratoryTestResult_210510080500.csv')).toBe(
    '81365677_LaboratoryTestResult_210510080500.csv',
  );
  expect(shortName('x'.repeat(200))).toBe('x'.repeat(200));
});

it('shortens a long one to whole characters, and keeps different ones apart', () => {
  const [one, other] = [shortName(long('1')), shortName(long('2'))];
  for (const name of [one, other]) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/^é{90,}~[0-9a-f]{8}$/);
  }
  expect(one).not.toBe(other);
  expect(shortName(long('1'))).toBe(one);
});
