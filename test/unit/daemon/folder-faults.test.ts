import { createFolderFaults } from '../../../src/daemon/folder-faults';

it('tells a folder once, and lets its fault stand until a scan could read it', () => {
  const told: unknown[] = [];
  const nothing = (): void => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: (...args: unknown[]) => void told.push(args) };
  let minute = 0;
  const faults = createFolderFaults(log, () => new Date(Date.UTC(2026, 0, 1, 0, minute)));
  const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'scandir' });

  faults.failed('/a', error);
  const standing = faults.standing();
  expect(standing).toMatchObject([{ code: 'S901', retryable: true, message: error.message, batch: null }]);
  faults.scanned();
  minute = 1;
  faults.failed('/a', error);
  expect(faults.standing()).toEqual(standing);
  faults.scanned();
  expect(told).toEqual([['fault', { code: 'S901', path: '/a', message: error.message }]]);
  expect(faults.standing()).toHaveLength(1);
  faults.scanned();
  expect(faults.standing()).toEqual([]);
});
