import fc from 'fast-check';
import { checkCode } from '../../../../src/domain/identifiers/code-check';
import type { CodelistEntry } from '../../../../src/domain/message-type';
import { editDistance, foldSpelling } from '../../../../src/domain/nearest';
import { CodeSet, type Stranger } from '../../../../src/stages/validate/code-set';

function makeEntry(code: string, labels: Readonly<Record<string, string>> = {}): CodelistEntry {
  return { code, labels, validFrom: null, validTo: null, system: null };
}

function makeSet(entries: readonly CodelistEntry[], closed = true): CodeSet {
  return new CodeSet({ name: 'Invented', closed, basis: '', entries });
}

/** The whole table of edit distances, a swap of neighbours counted as one. */
function plainDistance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const steps = [
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + Number(a[i - 1] !== b[j - 1]),
      ];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps.push(table[i - 2]![j - 2]! + 1);
      table[i]![j] = Math.min(...steps);
    }
  }
  return table[a.length]![b.length]!;
}

function plainFold(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '');
  return bare.replace(/[\s_\-./]/gu, '').toLowerCase();
}

/** What a set says of a stranger, by looking at every code for every question. */
function plainStranger(entries: readonly CodelistEntry[], closed: boolean, stranger: string): Stranger {
  const codes = entries.map(({ code }) => code);
  const all = (holds: (code: string) => boolean) => codes.filter(holds);
  const body = (code: string) => code.replace(/-\d$/, '');
  const scheme = (code: string) => code.replace(/\d/g, '9').replace(/\p{L}/gu, 'A');
  const check = checkCode(stranger);
  const typingError = check === 'wrong' && codes.some((code) => checkCode(code) === 'right');
  const told = (near: boolean, found: readonly string[]): Stranger => ({
    ...{ near, suggestion: found.length === 1 ? found[0]! : null, typingError },
  });
  const folded = plainFold(stranger);
  const respelled = all((code) => plainFold(code) === folded);
  if (respelled.length === 1) return told(true, respelled);
  const rechecked = all((code) => check === 'wrong' && body(code) === body(stranger));
  if (rechecked.length === 1) return told(true, rechecked);
  const close = all((code) => {
    if (check === 'right' || plainDistance(stranger.toLowerCase(), code.toLowerCase()) > 1) return false;
    return (checkCode(code) === 'right' && check === 'wrong') || scheme(stranger) !== scheme(code);
  });
  if (close.length > 0) return told(true, close);
  if (!closed) return told(false, []);
  const labelled = entries.filter(({ labels }) => Object.values(labels).some((label) => plainFold(label) === folded));
  if (labelled.length > 0) return told(false, [...new Set(labelled.map(({ code }) => code))]);
  const completed = all((code) => body(code) === stranger);
  if (completed.length === 1 || check === 'right') return told(false, completed);
  const limit = folded.length < 5 ? 1 : 2;
  const distances = codes.map((code) => plainDistance(folded, plainFold(code)));
  const least = Math.min(...distances);
  return told(false, least > limit ? [] : codes.filter((_, at) => distances[at] === least));
}

const letters = fc.string({ unit: fc.constantFrom(...Array.from('AaBé12-. ')), maxLength: 7 });
const scheme = fc.integer({ min: 9990, max: 10040 }).map((number) => `L${String(number)}`);
const checked = fc
  .tuple(fc.integer({ min: 940, max: 960 }), fc.integer({ min: 0, max: 9 }))
  .map((parts) => parts.join('-'));
const text = fc.oneof(letters, scheme, checked);
const entry = fc.tuple(text, fc.oneof(text, fc.constant('Σίγμας'))).map(([code, en]) => makeEntry(code, { en }));

describe('a value set', () => {
  it('says of a stranger what a look at every code says', () => {
    const sets = fc.uniqueArray(entry, { maxLength: 60, selector: ({ code }) => code.toLowerCase() });
    fc.assert(
      fc.property(
        sets,
        fc.boolean(),
        fc.array(fc.oneof(text, fc.constant('ΣΊΓΜΑΣ')), { maxLength: 20 }),
        (entries, closed, words) => {
          const set = makeSet(entries, closed);
          for (const word of words.filter((each) => set.find(each) === null)) {
            expect([word, set.stranger(word)]).toEqual([word, plainStranger(entries, closed, word)]);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('measures distances as the whole table does, up to the limit', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
    fc.assert(
      fc.property(words, words, fc.integer({ min: 0, max: 4 }), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(plainDistance(a, b), limit + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  it('folds every letter as Unicode says', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => foldSpelling(any) === plainFold(any)));
    for (let unit = 0; unit < 0x3000; unit++) {
      const letter = String.fromCharCode(unit);
      expect(foldSpelling(`x${letter}y`)).toBe(plainFold(`x${letter}y`));
    }
  });

  it('offers the code of a label, unless several have it', () => {
    const blood = [makeEntry('A1000', { en: 'Blood' }), makeEntry('B2000', { en: 'blood', nl: 'Bloed' })];
    const hair = [makeEntry('C3000', { en: 'Hair' }), makeEntry('C3000', { en: 'hair' })];
    const offered = ['Bloed', 'BLOOD', 'Hair'].map((word) => makeSet([...blood, ...hair]).stranger(word).suggestion);
    expect(offered).toEqual(['B2000', null, 'C3000']);
  });

  it('answers however many codes it has', () => {
    const large = makeSet(Array.from({ length: 130_000 }, (_, i) => makeEntry(`LB${String(100_000 + i)}`)));
    expect(large.stranger('LB1091xy')).toEqual({ near: false, suggestion: null, typingError: false });
    expect(large.stranger('LB-109137').suggestion).toBe('LB109137');
  });
});
