import { createStoreIntake } from '../../../src/daemon/store-intake';
import type { Account } from '../../../src/domain/account';
import type { BatchRecord } from '../../../src/domain/batch-record';
import { Fault } from '../../../src/domain/fault';
import { makeOrigin } from '../../support/make-origin';

const replay = makeOrigin({ cause: 'replay', replayOf: 'x', run: 2 }) as BatchRecord;

describe('the intake from the store', () => {
  it('offers all that wait, under their account as it is now', () => {
    const account = { account: 'lab' } as Account;
    const offered: unknown[] = [];
    const look = createStoreIntake({
      reader: { unfinished: () => [replay, { ...replay, id: 'b', account: 'gone' }, { ...replay, cause: 'unmarked' }] },
      dispatcher: { resume: (...args) => offered.push(args) },
      findAccount: (name) => (name === 'lab' ? account : null),
      log: failingLog([]),
    });
    look();
    expect(offered).toEqual([
      [replay, account],
      [{ ...replay, id: 'b', account: 'gone' }, null],
    ]);
  });

  it('tells a store that cannot be read, and looks again at the next scan', () => {
    const errors: unknown[] = [];
    let works = false;
    const offered: unknown[] = [];
    const look = createStoreIntake({
      reader: {
        unfinished: () => {
          if (works) return [replay];
          throw new Fault('S902', 'busy', { retryable: true });
        },
      },
      dispatcher: { resume: (origin) => offered.push(origin.id) },
      findAccount: () => null,
      log: failingLog(errors),
    });
    look();
    expect([errors, offered]).toEqual([[['fault', { code: 'S902', message: 'busy' }]], []]);
    works = true;
    look();
    expect(offered).toEqual([replay.id]);
  });
});

function failingLog(errors: unknown[]) {
  const nothing = (): void => undefined;
  return { debug: nothing, info: nothing, warn: nothing, error: (...args: unknown[]) => void errors.push(args) };
}
