/** Small batches that move in step end as each of them would alone; what fails one of them is its own affair. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropFolder, reportsFolder } from '../../src/adapters/spool/data-folders';
import type { BatchOrigin } from '../../src/domain/batch-record';
import { Fault } from '../../src/domain/fault';
import type { BatchPorts } from '../../src/pipeline/batch-ports';
import { type EndedTogether, processTogether } from '../../src/pipeline/process-together';
import type { BatchStore } from '../../src/ports/batch-store';
import type { Spool } from '../../src/ports/spool';
import { examples } from '../support/example-file';
import { makePipelineHome, type PipelineHome } from '../support/pipeline-home';
import { SENDER } from '../support/shipped-examples';

const TYPE = 'LaboratoryTestResult';
const example = examples.find(({ type, shape }) => type === TYPE && shape === 'csv')!;
const nameOf = (hour: number): string => `${SENDER}_${TYPE}_2105100${hour}0000`;

function text(rows: readonly number[], change: (line: string) => string = (line) => line): string {
  const lines = rows.map((row) => change(example.fields.map((field) => example.records[row]?.[field] ?? '').join(';')));
  return [example.fields.join(';'), ...lines, ''].join('\n');
}

const spoilt = (line: string): string => line.replace(/;\d{4}-\d\d-\d\d/, ';yesterday');

describe('batches that move in step', () => {
  const homes: PipelineHome[] = [];
  const makeHome = (): PipelineHome => {
    const home = makePipelineHome();
    homes.push(home);
    home.put(nameOf(1), text([0, 1]));
    home.put(nameOf(2), text([1, 2], spoilt));
    home.put(nameOf(3), text([0, 1]));
    home.put(nameOf(4), text([2]), 'test');
    home.put(nameOf(5), 'no header at all');
    for (const hour of [1, 2, 3, 5]) home.put(`${nameOf(hour)}.ok`, '');
    home.put(`${nameOf(4)}.ok`, '', 'test');
    return home;
  };
  afterEach(() => homes.splice(0).forEach((home) => home.remove()));

  const together = (
    home: PipelineHome,
    origins: readonly BatchOrigin[],
    ports: Partial<BatchPorts> = {},
  ): EndedTogether =>
    processTogether(
      { ...home.ports, ...ports },
      origins.map((origin) => ({ origin, submitter: home.account })),
    );

  const outcomes = (home: PipelineHome): readonly unknown[] =>
    home.query('SELECT file_name, state, outcome, records, accepted, rejected, duplicate FROM batches ORDER BY 1, run');

  /** All that can be seen afterwards, with the batches by the hour in their names and times left out. */
  function seen(home: PipelineHome): unknown {
    const hours = new Map(
      home.query('SELECT id, substr(base_name, -6, 2) AS hour FROM batches').map(({ id, hour }) => [id, hour]),
    );
    const told = (bytes: Buffer): string =>
      bytes
        .toString()
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => `<batch of ${String(hours.get(id))}>`)
        .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*Z?/g, '<time>');
    const reports = (['root', 'test'] as const).map((folder) =>
      [...home.reports(folder)].map(([name, bytes]) => [name, told(bytes)]).sort(),
    );
    const rows = home.query(`SELECT _line, _record, _version, _key FROM ${TYPE} ORDER BY _id`);
    return { outcomes: outcomes(home), reports, rows, dropped: [home.dropped(), home.dropped('test')] };
  }

  it('leave what each of them would leave alone', async () => {
    const [alone, inStep] = [makeHome(), makeHome()];
    await alone.scan();
    const { ends, parted } = together(inStep, await inStep.offered());
    expect(parted).toBeNull();
    expect(ends.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'ended'));
    expect(new Set(outcomes(inStep).map((row) => (row as { outcome: string }).outcome)).size).toBe(3);
    expect(seen(inStep)).toEqual(seen(alone));
  });

  const shownEnd = (end: EndedTogether['ends'][number]): string => {
    if (end.kind === 'waits') return 'waits';
    return end.kind === 'failed' ? end.fault.message : end.result.kind;
  };

  it('go on alone where one of them fails, and those of its account behind it wait for it', async () => {
    const [alone, inStep] = [makeHome(), makeHome()];
    await alone.scan();
    const origins = await inStep.offered();
    const failing: Spool = {
      ...inStep.ports.spool,
      writeReport: (batch, content) => {
        if (batch.fileName === nameOf(2)) throw new Fault('S901', 'no space left', { retryable: true });
        return inStep.ports.spool.writeReport(batch, content);
      },
    };
    const { ends, parted } = together(inStep, origins, { spool: failing });
    expect(parted?.message).toBe('no space left');
    expect(ends.map(shownEnd)).toEqual(['done', 'no space left', 'waits', 'waits', 'waits']);
    for (const origin of origins.slice(1)) expect(together(inStep, [origin]).ends.map(shownEnd)).toEqual(['done']);
    expect(seen(inStep)).toEqual(seen(alone));
  });

  it('wait for none but those of their account', async () => {
    const home = makeHome();
    const origins = (await home.offered()).map((origin, index) => (index === 1 ? moved(home, origin, 'x') : origin));
    const failing: Spool = {
      ...home.ports.spool,
      claim: (batch) => {
        if (batch.account === 'lab') throw new Fault('S901', 'no such disk', { retryable: true });
        return home.ports.spool.claim(batch);
      },
    };
    const { ends } = together(home, origins, { spool: failing });
    expect(ends.map(shownEnd)).toEqual(['no such disk', 'done', 'waits', 'waits', 'waits']);
  });

  it('are stored whole or not at all when the store fails in the middle of them', async () => {
    const [alone, inStep] = [makeHome(), makeHome()];
    await alone.scan();
    const { store } = inStep.ports;
    let left = 1;
    const failing = openingWith(store, (batch, type) => {
      const staging = store.openStaging(batch, type);
      if (batch.fileName !== nameOf(3) || left-- === 0) return staging;
      staging.discard();
      throw new Fault('S902', 'disk I/O error', { retryable: true });
    });
    const { ends, parted } = together(inStep, await inStep.offered(), { store: failing });
    expect(parted?.message).toBe('disk I/O error');
    expect(ends.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'ended'));
    expect(seen(inStep)).toEqual(seen(alone));
  });

  it('wait once for a store that fails each of them, not each of them after the other', async () => {
    const home = makeHome();
    const origins = (await home.offered()).map((origin, index) => moved(home, origin, `lab${index}`));
    const { store } = home.ports;
    const tried: string[] = [];
    const failing = openingWith(store, (batch, type) => {
      tried.push(batch.fileName);
      if (tried.length === 3) return store.openStaging(batch, type);
      throw new Fault('S902', 'database is locked', { retryable: tried.length !== 2 });
    });
    const { ends } = together(home, origins, { store: failing });
    expect(tried).toEqual([1, 1, 2, 3].map(nameOf));
    expect(ends.map(shownEnd)).toEqual([
      'database is locked',
      'done',
      ...origins.slice(2).map(() => 'database is locked'),
    ]);
    expect(home.query("SELECT count(*) AS left FROM batches WHERE state = 'archived'")).toEqual([{ left: 1 }]);
  });

  it('do without one whose file is gone', async () => {
    const home = makeHome();
    const origins = await home.offered();
    rmSync(join(home.folders.accountsDir, 'lab', nameOf(1)));
    const { ends } = together(home, origins);
    expect(ends.map(shownEnd)).toEqual(['withdrawn', ...Array.from({ length: 4 }, () => 'done')]);
  });

  it('are made durable before they are told: what fails the sync fails the step', async () => {
    const home = makeHome();
    const origins = (await home.offered()).filter(({ folder }) => folder === 'root');
    const reports = reportsFolder(home.folders, 'lab', 'root');
    const announced: string[] = [];
    const failing: Spool = {
      ...home.ports.spool,
      publishReports: (batch, names) => {
        if (names[0]?.endsWith('.report.ok')) announced.push(batch.fileName);
        home.ports.spool.publishReports(batch, names);
        if (batch.id !== origins.at(-1)?.id) return;
        rmSync(reports, { recursive: true, force: true });
        writeFileSync(reports, 'a file in its place');
      },
    };
    const { ends, parted } = together(home, origins, { spool: failing });
    expect(parted?.code).toBe('S901');
    expect(announced).toEqual([]);
    expect(ends.map(({ kind }) => kind)).toEqual(origins.map((_, index) => (index === 0 ? 'failed' : 'waits')));
    expect(home.query(`SELECT DISTINCT state FROM batches`)).toEqual([{ state: 'committed' }]);
    rmSync(reports);
    mkdirSync(reports);
    expect(together(home, origins).parted).toBeNull();
    expect(home.query(`SELECT DISTINCT state FROM batches`)).toEqual([{ state: 'archived' }]);
    expect([...home.reports().keys()].filter((name) => name.endsWith('.report.ok'))).toHaveLength(origins.length);
  });
});

/** The batch with its files in the drop folder of another account. */
function moved({ folders }: PipelineHome, origin: BatchOrigin, account: string): BatchOrigin {
  const target = dropFolder(folders, account, origin.folder);
  mkdirSync(target, { recursive: true });
  for (const name of [origin.fileName, `${origin.baseName}.ok`]) {
    renameSync(join(dropFolder(folders, origin.account, origin.folder), name), join(target, name));
  }
  return { ...origin, account };
}

/** The store, but for how it opens staging areas. */
function openingWith(store: BatchStore, openStaging: BatchStore['openStaging']): BatchStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'openStaging') return openStaging;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
