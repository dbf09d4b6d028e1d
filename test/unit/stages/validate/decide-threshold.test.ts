import { NO_RECORDS } from '../../../../src/domain/batch';
import { decideThreshold } from '../../../../src/stages/validate/decide-threshold';

const open = { mode: 'record', maxRejected: null, maxRejectedRatio: null } as const;
const counts = (rejected: number, records: number): typeof NO_RECORDS => ({ ...NO_RECORDS, records, rejected });

describe('decideThreshold', () => {
  it.each([
    { bounds: open, rejected: 10, trips: false },
    { bounds: { ...open, mode: 'file' as const }, rejected: 0, trips: false },
    { bounds: { ...open, mode: 'file' as const }, rejected: 1, trips: true },
    { bounds: { ...open, maxRejected: 3 }, rejected: 3, trips: false },
    { bounds: { ...open, maxRejected: 3 }, rejected: 4, trips: true },
    { bounds: { ...open, maxRejected: 0 }, rejected: 1, trips: true },
    { bounds: { ...open, maxRejectedRatio: 0.5 }, rejected: 5, trips: false },
    { bounds: { ...open, maxRejectedRatio: 0.5 }, rejected: 6, trips: true },
  ])('$rejected of 10 under $bounds trips: $trips', ({ bounds, rejected, trips }) => {
    expect(decideThreshold(counts(rejected, 10), bounds)?.code ?? null).toBe(trips ? 'F013' : null);
  });

  it('says how many of how many, and the bound', () => {
    const finding = decideThreshold(counts(6, 10), { ...open, maxRejectedRatio: 0.5 });
    expect(finding?.params).toEqual({ rejected: 6, records: 10, limit: '50 %' });
  });

  it('judges no ratio of an empty file', () => {
    expect(decideThreshold(counts(0, 0), { ...open, maxRejectedRatio: 0 })).toBeNull();
  });
});
