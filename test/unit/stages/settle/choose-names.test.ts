import { createNameChoice, REST_PER_TURN, USUAL_MAX } from '../../../../src/stages/settle/choose-names';

const digits = (number: number): string => String(number).padStart(12, '0');
const nameOf = (number: number, type = 'Result'): string => `81365677_${type}_${digits(number)}`;
const pair = (number: number, type?: string): string[] => [nameOf(number, type), `${nameOf(number, type)}.ok`];
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

function choose(names: readonly string[], { perType = 10, turn = 0, step = 700 } = {}): Set<string> {
  const choice = createNameChoice();
  for (let start = 0; start < names.length; start += step) choice.add(names.slice(start, start + step));
  const chosen = choice.choose(perType, turn);
  expect(new Set(chosen).size).toBe(chosen.length);
  return new Set(chosen);
}

const waiting = range(100_000, 100_000 + USUAL_MAX).map((number) => nameOf(number));

describe('the names of a folder that are worth a look', () => {
  it('are all, where there are not many, whatever they are', () => {
    const names = [...waiting.slice(0, USUAL_MAX - 3), '.hidden', 'x.zip', 'Y.ok'];
    expect(choose(names)).toEqual(new Set(names));
  });

  it('are the complete ones by the time in their names first, as many of each type as can wait', () => {
    const complete = range(0, 3000).reverse();
    const names = [
      ...complete.flatMap((number) => pair(number)),
      ...range(5000, 5020).flatMap((at) => pair(at, 'Variants')),
    ];
    const chosen = choose(names, { perType: 10 });
    for (const number of range(0, 10)) expect(chosen.has(nameOf(number))).toBe(true);
    for (const number of range(5000, 5010)) expect(chosen.has(`${nameOf(number, 'Variants')}.ok`)).toBe(true);
    expect(chosen.size).toBe(2 * (10 + 10 + REST_PER_TURN));
  });

  it.each(['X.ok', 'X.csv.ok', 'X.OK', 'X.cancel'])('count as complete with %s', (pattern) => {
    const sign = pattern.replace('X', nameOf(999_999));
    const far = 1_000;
    const chosen = choose([...waiting, `${nameOf(999_999)}.csv`, sign], { turn: far });
    expect([chosen.has(`${nameOf(999_999)}.csv`), chosen.has(sign)]).toEqual([true, true]);
  });

  it('come to everything in turn, files of one base name together', () => {
    const names = [
      ...range(0, 5000).map((number) => nameOf(number)),
      ...range(0, 5000).map((at) => `${nameOf(at)}.json`),
    ];
    const seen = new Set<string>();
    for (const turn of range(0, 10)) {
      const chosen = choose(names, { turn });
      for (const name of chosen) seen.add(name);
      for (const name of chosen) if (!name.endsWith('.json')) expect(chosen.has(`${name}.json`)).toBe(true);
      expect(chosen.size).toBeLessThanOrEqual(2 * REST_PER_TURN);
    }
    expect(seen.size).toBe(names.length);
  });

  it('are no temporary ones, and none that no marker can mean', () => {
    const names = [...waiting, ...range(0, 50).flatMap((i) => [`.tmp${i}`, `a${i}.filepart`, `b${i}.zip`])];
    for (const turn of range(0, 10)) {
      const chosen = choose(names, { turn });
      expect(chosen.size).toBeGreaterThan(0);
      for (const name of chosen) expect(name).toMatch(/^81365677/);
    }
  });
});
