/** A batch that a crash left in work, with things beside it that should not be there: it is finished, or set aside. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { dataFolders, stagedReportPath } from '../../../src/adapters/spool/data-folders';
import { listNames } from '../../support/built-daemon';
import { SENDER } from '../../support/shipped-examples';
import { until } from '../../support/until';
import { EARLIER, file, folder, leftoversHome, NAME, replaced } from './leftovers-home';

const { at, drop, storePath, start, labdrop, put, answered, query, states, allArchived, status, setAside } =
  leftoversHome();

const staged = (id: string): string => stagedReportPath(dataFolders(at()), id, `${NAME}.report.json`);

describe('a batch that was in work', () => {
  /** As a crash leaves it: claimed, its file in the work folder. */
  async function claimed(): Promise<string> {
    const daemon = await start();
    put(NAME);
    await answered();
    await allArchived();
    expect(await daemon.stop()).toBe(0);
    const db = new Database(storePath());
    const { id, received_at: receivedAt } = db
      .prepare<[string], { id: string; received_at: string }>('SELECT id, received_at FROM batches WHERE file_name = ?')
      .get(`${NAME}.csv`)!;
    db.exec(`DELETE FROM LaboratoryTestResult WHERE _batch_id = '${id}'; DELETE FROM findings WHERE batch_id = '${id}';
      UPDATE batches SET state = 'claimed', outcome = NULL, sha256 = NULL, commit_seq = NULL, committed_at = NULL,
        reported_at = NULL, archived_at = NULL, records = 0, accepted = 0, accepted_with_warning = 0, corrected = 0,
        rejected = 0, duplicate = 0 WHERE id = '${id}'`);
    db.close();
    rmSync(drop('reports'), { recursive: true });
    const [year = '', month = ''] = receivedAt.split('-');
    mkdirSync(at('work', id), { recursive: true });
    renameSync(at('archive', SENDER, year, month, `${id}_${NAME}.csv`), at('work', id, 'data'));
    return id;
  }

  test.each([
    ['nothing else', () => undefined],
    ['a half-written report', (id: string) => file(staged(id), '{"half":')],
    [
      'a half-written report of an earlier version',
      (id: string) => file(at('work', id, 'reports', `${NAME}.report.json`), '{"half":'),
    ],
    ['a half-made copy', (id: string) => file(at('work', id, 'data.copy'))],
  ])(
    'is finished: %s beside its data',
    async (_what, plant) => {
      const id = await claimed();
      plant(id);
      await start();
      await answered();
      await allArchived();
      expect(setAside()).toEqual([]);
      expect(listNames(at('work'))).toEqual(['staging']);
    },
    60_000,
  );

  test.each([
    ['a folder where its report is written', (id: string) => folder(staged(id))],
    ['a file where an earlier version had its reports', (id: string) => file(at('work', id, 'reports'))],
  ])(
    'is finished when that is out of the way: %s',
    async (_what, plant) => {
      const id = await claimed();
      plant(id);
      await start();
      await answered();
      expect(setAside().length).toBeGreaterThan(0);
    },
    60_000,
  );

  test.each([
    ['is gone', (id: string) => rmSync(at('work', id), { recursive: true })],
    ['is a folder', (id: string) => replaced(at('work', id, 'data'), folder)],
    ['is a pipe', (id: string) => replaced(at('work', id, 'data'), (path) => execFileSync('mkfifo', [path]))],
  ])(
    'is set aside when its data %s, and the next one goes on',
    async (_what, plant) => {
      const id = await claimed();
      plant(id);
      const daemon = await start();
      await until(() => query('SELECT 1 FROM batches WHERE quarantined_at IS NOT NULL').length === 1, 'the quarantine');
      await until(() => status().faults.some(({ batch }) => batch === id), 'the standing fault');
      expect(labdrop(['status']).stdout).toContain('is gone from the work folder');
      expect(states()).toContain('claimed');
      put(EARLIER);
      await answered(`${EARLIER}.r2`);
      expect(await daemon.stop()).toBe(0);
    },
    60_000,
  );
});
