import { MemoryBudget } from '../../../../src/adapters/sftp/memory-budget';

const MEBIBYTE = 1_048_576;

test('adds up what each holds now', () => {
  const budget = new MemoryBudget<string>(8 * MEBIBYTE);
  budget.report('a', 'lab1', 100);
  budget.report('b', 'lab2', 50);
  budget.report('a', 'lab1', 30);
  expect(budget.total()).toBe(80);
  budget.report('a', 'lab1', 0);
  budget.report('b', 'lab2', 0);
  expect(budget.total()).toBe(0);
  expect(budget.heaviest()).toBeNull();
});

test('above half of the limit each gets an even share, but never too little to work with', () => {
  const budget = new MemoryBudget<string>(8 * MEBIBYTE);
  budget.report('a', 'lab1', 4 * MEBIBYTE);
  expect(budget.share()).toBe(Infinity);
  budget.report('b', 'lab2', 1);
  expect(budget.share()).toBe(2 * MEBIBYTE);
  for (let number = 0; number < 100; number += 1) budget.report(`c${number}`, 'lab3', 1);
  expect(budget.share()).toBe(262_144);
  expect(budget.isExceeded()).toBe(false);
  budget.report('d', 'lab4', 4 * MEBIBYTE);
  expect(budget.isExceeded()).toBe(true);
});

test('the heaviest is the largest of the account that holds most, not the largest of all', () => {
  const budget = new MemoryBudget<string>(8 * MEBIBYTE);
  budget.report('honest', 'lab1', 500);
  for (let number = 0; number < 10; number += 1) budget.report(`greedy${number}`, 'lab2', 100 + number);
  expect(budget.heaviest()).toBe('greedy9');
});
