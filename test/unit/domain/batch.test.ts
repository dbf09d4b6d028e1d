import { decideOutcome, NO_RECORDS } from '../../../src/domain/batch';
import { createBatchId } from '../../../src/domain/batch-id';
import { reportBase } from '../../../src/domain/batch-record';
import { belgianTime } from '../../../src/domain/belgian-time';
import { Fault, toFault } from '../../../src/domain/fault';
import { hasReached, JOURNEY } from '../../../src/domain/journey';

describe('decideOutcome', () => {
  it.each([
    { counts: { accepted: 3 }, fileRejected: false, outcome: 'ACCEPTED' },
    { counts: { accepted: 3, duplicate: 2 }, fileRejected: false, outcome: 'ACCEPTED' },
    { counts: { accepted: 1, rejected: 1 }, fileRejected: false, outcome: 'PARTIAL' },
    { counts: { rejected: 2 }, fileRejected: false, outcome: 'REJECTED' },
    { counts: { rejected: 2, duplicate: 5 }, fileRejected: false, outcome: 'REJECTED' },
    { counts: { duplicate: 5 }, fileRejected: false, outcome: 'DUPLICATE' },
    { counts: {}, fileRejected: true, outcome: 'REJECTED' },
  ])('$outcome from $counts', ({ counts, fileRejected, outcome }) => {
    expect(decideOutcome({ ...NO_RECORDS, ...counts }, fileRejected)).toBe(outcome);
  });
});

describe('createBatchId', () => {
  const random = Uint8Array.from({ length: 10 }, () => 0xff);

  it('is a UUID of version 7 with the time in front', () => {
    // The example of RFC 9562 appendix A.6 begins 017F22E2-79B0-7 for this moment.
    expect(createBatchId(0x017f22e279b0, random)).toMatch(/^017f22e2-79b0-7fff-bfff-ffffffffffff$/);
  });

  it('sorts by time', () => {
    expect(createBatchId(1000, random) < createBatchId(1001, new Uint8Array(10))).toBe(true);
  });
});

describe('belgianTime', () => {
  it.each([
    ['2021-01-15T12:00:00Z', '2021-01-15 13:00:00'],
    ['2021-07-15T22:30:05Z', '2021-07-16 00:30:05'],
    ['2021-03-28T01:00:00Z', '2021-03-28 03:00:00'],
  ])('%s is %s', (utc, local) => {
    expect(belgianTime(new Date(utc))).toBe(local);
  });
});

describe('toFault', () => {
  it.each([
    [Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' }), 'S901', true],
    [Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' }), 'S902', true],
    [new Error('a bug'), 'S903', false],
    ['text', 'S903', false],
  ])('%p is %s', (thrown, code, retryable) => {
    expect(toFault(thrown)).toMatchObject({ code, retryable });
  });

  it('keeps a fault as it is', () => {
    const fault = new Fault('S901', 'gone', { retryable: false });
    expect(toFault(fault)).toBe(fault);
  });
});

describe('reportBase', () => {
  it('numbers later deliveries', () => {
    expect(reportBase({ baseName: 'B', delivery: 1 })).toBe('B');
    expect(reportBase({ baseName: 'B', delivery: 3 })).toBe('B.r3');
  });
});

describe('the journey', () => {
  it('reaches each step after those before it', () => {
    expect(JOURNEY.map((step) => hasReached('claimed', step))).toEqual([true, true, true, false, false, false, false]);
  });
});
