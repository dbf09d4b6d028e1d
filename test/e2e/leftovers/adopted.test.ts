/** Things in a data folder that belong to nothing in work and may be there: each is adopted, finished or left to wait. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { listNames } from '../../support/built-daemon';
import { until } from '../../support/until';
import { file, leftoversHome, NAME, UNKNOWN_ID } from './leftovers-home';

const { at, drop, start, works, allArchived, status, setAside } = leftoversHome();

describe('adopted', () => {
  test('partial uploads, half-written reports and spare work folders', async () => {
    mkdirSync(at(`work/staging/spare.${UNKNOWN_ID}`), { recursive: true });
    file(at('uploads/lab/root/something.csv'));
    file(at(`accounts/lab/reports/${NAME}.report.json`), '{"half":');
    file(at('accounts/lab/something.filepart'));
    const daemon = await start();
    await works();
    expect(setAside()).toEqual([]);
    expect(readFileSync(at('uploads/lab/root/something.csv'), 'utf8')).toBe('a leftover');
    expect(existsSync(drop('something.filepart'))).toBe(true);
    expect(JSON.parse(readFileSync(drop('reports', `${NAME}.report.json`), 'utf8'))).toHaveProperty('outcome');
    expect(await daemon.stop()).toBe(0);
  }, 60_000);

  test('files of an account that is not there wait for it', async () => {
    file(at('accounts/other', `${NAME}.csv`));
    file(at('accounts/other', `${NAME}.ok`), '');
    await start();
    await works();
    expect(listNames(at('accounts/other'))).toContain(`${NAME}.csv`);
    expect(setAside()).toEqual([]);
  }, 60_000);

  test.each([
    ['at its longest', 'x'.repeat(251)],
    ['with a line break', 'a\nb'],
    ['that looks like an option', '--config=x'],
    ['of signs', '$(rm -rf ~);`x`"\'\\'],
  ])(
    'a batch with a name %s is answered',
    async (_what, base) => {
      file(drop(`${base}.csv`.slice(0, 255)));
      file(drop(`${base}.ok`), '');
      const daemon = await start();
      await until(() => listNames(drop('reports')).some((name) => name.endsWith('.REJECTED.txt')), 'the answer');
      await allArchived();
      expect(listNames(drop()).filter((name) => name !== 'reports' && name !== 'test')).toEqual([]);
      expect(status().faults).toEqual([]);
      expect(await daemon.stop()).toBe(0);
    },
    60_000,
  );
});
