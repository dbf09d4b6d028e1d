import { editDistance } from '../../../../src/domain/nearest';
import { Spellings } from '../../../../src/stages/validate/spellings';

const CODES = Array.from({ length: 3_000 }, (_, at) => (at * 7919).toString(36).padStart(4, 'x'));

test.each(['xx60', 'x60b', 'zzzzzz', '', '1', 'x3y9'])(
  'the first questions and the later ones have the same answer: %j',
  (word) => {
    const spellings = new Spellings(CODES, CODES);
    const expected = CODES.filter((code) => editDistance(word, code, 1) <= 1).sort();
    for (let asked = 0; asked < 8; asked++) expect([...spellings.within(word, 1)].sort()).toEqual(expected);
  },
);
