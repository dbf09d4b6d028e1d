import { countText } from '../../../src/domain/count-text';

it.each([
  [0, '0 batches'],
  [1, '1 batch'],
  [2, '2 batches'],
])('counts %i', (count, text) => {
  expect(countText(count, 'batch', 'batches')).toBe(text);
});

it('makes the plural of most nouns', () => {
  expect([1, 12].map((count) => countText(count, 'record'))).toEqual(['1 record', '12 records']);
});
