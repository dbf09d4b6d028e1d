import { LANGUAGES, type Language } from '../../../../src/domain/account';
import { OUTCOMES } from '../../../../src/domain/batch';
import type { FindingCode } from '../../../../src/domain/codes';
import { codeTitle, TEXTS, word } from '../../../../src/stages/report/texts';

const CODES = Object.keys(TEXTS.en.codes) as FindingCode[];
const OTHERS = LANGUAGES.filter((language) => language !== 'en');

function placeholders(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)(?:\?[^}]*)?\}/g)].map(([, name]) => name!))].sort();
}

function everyText(language: Language): readonly (readonly [string, string])[] {
  const { codes, words, outcomes } = TEXTS[language];
  const ofCodes = CODES.flatMap((code) =>
    Object.entries(codes[code]).map(([key, text]) => [`${code} ${key}`, text] as const),
  );
  return [...ofCodes, ...Object.entries(words), ...Object.entries(outcomes)];
}

describe.each(OTHERS)('texts in %s', (language) => {
  it.each(CODES)('%s has the keys of English, in their order', (code) => {
    expect(Object.keys(TEXTS[language].codes[code])).toEqual(Object.keys(TEXTS.en.codes[code]));
  });

  it.each(CODES)('%s has the placeholders of English', (code) => {
    for (const [key, text] of Object.entries(TEXTS.en.codes[code])) {
      expect([key, placeholders(TEXTS[language].codes[code][key] ?? '')]).toEqual([key, placeholders(text)]);
    }
  });

  it('has the same words, with the same placeholders', () => {
    const shape = (of: Language) => Object.entries(TEXTS[of].words).map(([key, text]) => [key, placeholders(text)]);
    expect(shape(language)).toEqual(shape('en'));
  });

  it('is no copy of English', () => {
    const same = CODES.filter((code) => TEXTS[language].codes[code].problem === TEXTS.en.codes[code].problem);
    expect(same).toEqual([]);
  });
});

describe.each(LANGUAGES)('every text in %s', (language) => {
  it('names each outcome differently', () => {
    expect(new Set(OUTCOMES.map((outcome) => TEXTS[language].outcomes[outcome])).size).toBe(OUTCOMES.length);
  });

  it('can stand unquoted in a broken CSV line and be written in Windows-1252', () => {
    const upper = '€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸŽž';
    const bad = everyText(language).filter(
      ([, text]) =>
        /["|;\t\r\n]/.test(text) || Array.from(text).some((each) => each > '\u00ff' && !upper.includes(each)),
    );
    expect(bad).toEqual([]);
  });

  it('begins like a sentence, never like a formula, and ends like one', () => {
    const sentences = everyText(language).filter(([key]) => /^[A-Z]\d{3} (problem|fix)/.test(key));
    expect(sentences.filter(([, text]) => !/^[\p{L}{“«„]/u.test(text) || !/[.)}]$/.test(text))).toEqual([]);
  });

  it('has titles without placeholders or a full stop', () => {
    expect(CODES.filter((code) => /[{}]|\.$/.test(codeTitle(code, language)))).toEqual([]);
  });

  it('quotes values in the manner of the language', () => {
    const quotes = { en: '“”', nl: '“”', fr: '«»', de: '„“' }[language];
    const others = Array.from('“”«»„‘’').filter((each) => !quotes.includes(each));
    expect(everyText(language).filter(([, text]) => others.some((each) => text.includes(each)))).toEqual([]);
  });

  it('has well-formed conditions', () => {
    const keys = CODES.flatMap((code) => Object.keys(TEXTS[language].codes[code]));
    expect(
      keys.filter((key) => !/^(title|(problem|fix)(\[\w+(=[\w-]+|=#)?(&\w+(=[\w-]+|=#)?)*\])?)$/.test(key)),
    ).toEqual([]);
  });
});

it('fills the words', () => {
  expect(word('nl', 'counts', { records: 3, accepted: 1, rejected: 2, duplicate: 0 })).toBe(
    '3 records: 1 aanvaard, 2 geweigerd, 0 dubbel.',
  );
});

it.each([
  ['en', '1 record: 1 accepted, 0 rejected, 0 duplicate.', '2 records: 0 accepted, 2 rejected, 0 duplicate.'],
  ['nl', '1 record: 1 aanvaard, 0 geweigerd, 0 dubbel.', '2 records: 0 aanvaard, 2 geweigerd, 0 dubbel.'],
  [
    'fr',
    '1 enregistrement\u00a0: 1 accepté, 0 refusé, 0 en double.',
    '2 enregistrements\u00a0: 0 accepté, 2 refusés, 0 en double.',
  ],
  ['de', '1 Datensatz: 1 angenommen, 0 abgelehnt, 0 doppelt.', '2 Datensätze: 0 angenommen, 2 abgelehnt, 0 doppelt.'],
] as const)('says one and many in %s', (language, one, many) => {
  const none = { accepted: 0, rejected: 0, duplicate: 0 };
  expect(word(language, 'counts', { ...none, records: 1, accepted: 1 })).toBe(one);
  expect(word(language, 'counts', { ...none, records: 2, rejected: 2 })).toBe(many);
  expect(word(language, 'moreGroups', { count: 1 })).not.toBe(
    word(language, 'moreGroups', { count: 2 }).replace('2', '1'),
  );
});
