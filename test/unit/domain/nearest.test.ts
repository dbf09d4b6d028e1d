import { editDistance, foldSpelling, nearest } from '../../../src/domain/nearest';

describe('editDistance', () => {
  it.each([
    ['', '', 3, 0],
    ['abc', 'abc', 3, 0],
    ['abc', 'acb', 3, 1],
    ['abc', 'ab', 3, 1],
    ['abc', 'xbc', 3, 1],
    ['kitten', 'sitting', 3, 3],
    ['ca', 'abc', 3, 3],
    ['', 'ab', 2, 2],
  ])('%j to %j within %d is %d', (a, b, limit, distance) => {
    expect(editDistance(a, b, limit)).toBe(distance);
    expect(editDistance(b, a, limit)).toBe(distance);
  });

  it('gives up above the limit', () => {
    expect(editDistance('kitten', 'sitting', 2)).toBe(3);
    expect(editDistance('a', 'abcdef', 2)).toBe(3);
  });

  it('counts a swap at the limit as one', () => {
    expect(editDistance('94500-6', '94506-0', 2)).toBe(2);
    expect(editDistance('260373001', '260370301', 1)).toBe(1);
  });
});

describe('foldSpelling', () => {
  it.each([
    ['Test Code_1', 'testcode1'],
    ['É-a.b/c', 'eabc'],
  ])('%j becomes %j', (text, folded) => {
    expect(foldSpelling(text)).toBe(folded);
  });
});

describe('nearest', () => {
  const names = ['TestCode1', 'TestCode2', 'Sex', 'Postcode', 'Municipality'];
  it.each([
    ['testcode 1', 'TestCode1'],
    ['Tescode1', 'TestCode1'],
    ['Potscode', 'Postcode'],
    ['Munipality', 'Municipality'],
    ['TestCode', null],
    ['Country', null],
    ['', null],
    ['---', null],
  ])('%j is most probably %j', (word, expected) => {
    expect(nearest(word, names)).toBe(expected);
  });
});
