import { createBatchQueue, LINE_MAX, type QueuedBatch } from '../../../src/daemon/batch-queue';
import { makeOrigin } from '../../support/make-origin';

const queued = (id: string, overrides: Parameters<typeof makeOrigin>[0] = {}): QueuedBatch => ({
  origin: makeOrigin({ id, ...overrides }),
  submitter: null,
  isNew: true,
  attempts: 0,
  kills: 0,
});
const any = (): boolean => true;

describe('the batch queue', () => {
  it('takes batches of one account and type by the time in their names, one at a time', () => {
    const queue = createBatchQueue();
    queue.add(queued('late', { fileTime: '2021-01-02 00:00:00' }));
    queue.add(queued('early', { fileTime: '2021-01-01 00:00:00' }));
    const first = queue.take(0, any);
    expect(first?.origin.id).toBe('early');
    expect(queue.take(0, any)).toBeNull();
    queue.release(first!);
    expect(queue.take(0, any)?.origin.id).toBe('late');
  });

  it('keeps the order of arrival for equal times', () => {
    const queue = createBatchQueue();
    queue.add(queued('second', { receivedAt: '2021-01-01T00:00:02Z' }));
    queue.add(queued('first', { receivedAt: '2021-01-01T00:00:01Z' }));
    expect(queue.take(0, any)?.origin.id).toBe('first');
  });

  it('lets accounts and types take turns', () => {
    const queue = createBatchQueue();
    for (const id of ['a1', 'a2']) queue.add(queued(id, { account: 'a' }));
    queue.add(queued('b1', { account: 'b' }));
    const served: string[] = [];
    for (let batch = queue.take(0, any); batch !== null; batch = queue.take(0, any)) {
      served.push(batch.origin.id);
      queue.release(batch);
    }
    expect(served).toEqual(['a1', 'b1', 'a2']);
  });

  it('passes over what a lane does not accept', () => {
    const queue = createBatchQueue();
    queue.add(queued('large', { account: 'a', bytes: 1000 }));
    queue.add(queued('small', { account: 'b', bytes: 10 }));
    expect(queue.take(0, ({ origin }) => origin.bytes < 100)?.origin.id).toBe('small');
  });

  it('puts a failed batch back in front, not before its time', () => {
    const queue = createBatchQueue();
    queue.add(queued('one'));
    queue.add(queued('two', { fileTime: '2021-12-31 00:00:00' }));
    queue.putBack(queue.take(0, any)!, 500);
    expect(queue.take(499, any)).toBeNull();
    expect(queue.nextDue(0)).toBe(500);
    expect(queue.take(500, any)?.origin.id).toBe('one');
  });

  it('gives those behind a batch that was taken, in their order; the line is free when the last of them is', () => {
    const queue = createBatchQueue();
    for (const day of [1, 2, 3]) queue.add(queued(`a${day}`, { fileTime: `2021-01-0${day} 00:00:00` }));
    queue.add(queued('b', { account: 'b' }));
    const first = queue.take(0, any)!;
    expect(queue.takeBehind(first, () => false)).toBeNull();
    const second = queue.takeBehind(first, any)!;
    expect([first, second].map(({ origin }) => origin.id)).toEqual(['a1', 'a2']);
    expect(queue.takeBehind(queue.take(0, any)!, any)).toBeNull();
    queue.release(first);
    expect(queue.take(0, any)).toBeNull();
    queue.release(second);
    expect(queue.take(0, any)?.origin.id).toBe('a3');
  });

  it('keeps the order of those that are put back, the last of them first', () => {
    const queue = createBatchQueue();
    for (const day of [1, 2, 3]) queue.add(queued(String(day), { fileTime: `2021-01-0${day} 00:00:00` }));
    const first = queue.take(0, any)!;
    const second = queue.takeBehind(first, any)!;
    queue.putBack(second, 0);
    expect(queue.take(0, any)).toBeNull();
    queue.putBack(first, 500);
    expect(queue.take(499, any)).toBeNull();
    const again = queue.take(500, any)!;
    expect([again, queue.takeBehind(again, any), queue.takeBehind(again, any)].map((one) => one?.origin.id)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('is bounded per line, and keeps the earliest', () => {
    const queue = createBatchQueue();
    for (let i = 0; i < LINE_MAX; i++) expect(queue.add(queued(String(i)))).toBeNull();
    const late = queued('too many', { fileTime: '2022-01-01 00:00:00' });
    expect(queue.add(late)).toBe(late);
    expect(queue.add(queued('elsewhere', { account: 'other' }))).toBeNull();
    expect(queue.size()).toBe(LINE_MAX + 1);
    expect(queue.add(queued('early', { fileTime: '2020-01-01 00:00:00' }))?.origin.id).toBe(String(LINE_MAX - 1));
    expect(queue.size()).toBe(LINE_MAX + 1);
    expect(queue.take(0, any)?.origin.id).toBe('early');
  });

  it('lets no batch give way that was tried before', () => {
    const queue = createBatchQueue();
    const tried = [{ attempts: 1 }, { isNew: false }];
    for (const [index, change] of tried.entries()) {
      const account = String(index);
      queue.add(queued('tried', { account, fileTime: '2021-06-01 00:00:00' }));
      queue.putBack({ ...queue.take(0, any)!, ...change }, 10);
      for (let i = 0; i < LINE_MAX; i++) expect(queue.add(queued(String(i), { account }))).toBeNull();
    }
    expect(queue.size()).toBe(tried.length * (LINE_MAX + 1));
  });
});
