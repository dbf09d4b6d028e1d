/** The port for health and metrics of the built daemon, while batches of every outcome go through it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  sftp,
  startDaemon,
} from '../support/built-daemon';
import { dropFolder, isAnswered } from '../support/drop-folder';
import { examplePath, LABORATORY_EXAMPLE, SCHEMAS, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const RIGHT = LABORATORY_EXAMPLE;
const DAMAGED = `${SENDER}_LaboratoryTestResult_210510090000`;
const NAMELESS = `${SENDER}_Unheard_210510090000`;

interface Page {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

async function get(port: number | null, path: string, method = 'GET'): Promise<Page> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

/** `name{labels}` to value. */
async function scrape(port: number | null): Promise<ReadonlyMap<string, number>> {
  const { body } = await get(port, '/metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

describe('health and metrics', () => {
  let home: Home;
  let daemon: BuiltDaemon;
  let key: string;

  beforeAll(async () => {
    home = makeHome();
    key = makeKey(home, 'id_lab');
    addAccount(home, { key, account: 'lab' });
    daemon = await startDaemon(home);
    await deliver();
  }, 60_000);

  afterAll(async () => {
    const status = await daemon.stop();
    home.remove();
    expect(status).toBe(0);
  });

  /** One batch accepted, one in part, one refused, one sent twice; and a login with a strange key. */
  async function deliver(): Promise<void> {
    const outbox = join(home.dir, 'outbox');
    mkdirSync(outbox);
    const right = readFileSync(examplePath(RIGHT));
    const damaged = readFileSync(join(SCHEMAS, `covid19/examples-damaged/${DAMAGED}.csv`));
    const again = `${RIGHT.slice(0, -1)}1`;
    const uploads: [string, Buffer][] = [
      [RIGHT, right],
      [again, right],
      [DAMAGED, damaged],
      [NAMELESS, right],
    ];
    for (const [name, bytes] of uploads) {
      writeFileSync(join(outbox, `${name}.csv`), bytes);
      writeFileSync(join(outbox, `${name}.ok`), '');
      const commands = [`put ${name}.csv`, `put ${name}.ok`];
      expect(sftp({ port: daemon.port, user: 'lab', key }, commands, outbox).status).toBe(0);
      await until(() => isAnswered(dropFolder(home, 'lab'), name), `the report on ${name}`);
    }
    const strange = { port: daemon.port, user: 'lab', key: makeKey(home, 'id_strange') };
    expect(sftp(strange, ['ls'], outbox).status).not.toBe(0);
  }

  it('says that it lives and that it is ready', async () => {
    expect(await get(daemon.httpPort, '/healthz')).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      body: 'ok\n',
    });
    const { status, body } = await get(daemon.httpPort, '/readyz');
    expect(JSON.parse(body)).toEqual({ ready: true, checks: { sftp: 'ok', store: 'ok', disk: 'ok', scan: 'ok' } });
    expect(status).toBe(200);
  });

  it.each([
    ['/', 'GET', 404],
    ['/metrics/', 'GET', 404],
    ['/healthz?verbose', 'GET', 200],
    ['/healthz', 'HEAD', 200],
    ['/metrics', 'POST', 405],
  ])('answers %s %s with %i', async (path, method, status) => {
    expect((await get(daemon.httpPort, path, method)).status).toBe(status);
  });

  it('counts what became of batches and records', async () => {
    // The reports stand in the folder a moment before the batch is archived and counted.
    await until(() => daemon.stdout().split('"batch.done"').length === 5, 'four batches done');
    const metrics = await scrape(daemon.httpPort);
    const counted = (outcome: string, type = 'LaboratoryTestResult'): number | undefined =>
      metrics.get(`labdrop_batches_total{type="${type}",mode="production",outcome="${outcome}"}`);
    expect([counted('ACCEPTED'), counted('PARTIAL'), counted('DUPLICATE'), counted('REJECTED', 'other')]).toEqual([
      1, 1, 1, 1,
    ]);
    const report = JSON.parse(
      readFileSync(join(home.dataDir, `accounts/lab/reports/${DAMAGED}.report.json`), 'utf8'),
    ) as { counts: { rejected: number }; groups: { code: string; severity: string; total: number }[] };
    expect(metrics.get('labdrop_records_total{type="LaboratoryTestResult",result="rejected"}')).toBe(
      report.counts.rejected,
    );
    for (const { code, severity, total } of report.groups.filter((group) => group.severity === 'error')) {
      expect(metrics.get(`labdrop_findings_total{code="${code}",severity="${severity}"}`)).toBe(total);
    }
    expect(metrics.get('labdrop_batch_work_seconds_count{type="LaboratoryTestResult"}')).toBe(3);
    expect(metrics.get('labdrop_batch_answer_seconds_count{type="LaboratoryTestResult"}')).toBe(3);
  });

  it('counts logins and bytes', async () => {
    const metrics = await scrape(daemon.httpPort);
    expect(metrics.get('labdrop_sftp_logins_total{method="publickey",result="ok"}')).toBe(4);
    expect(metrics.get('labdrop_sftp_logins_total{method="publickey",result="refused"}')).toBeGreaterThan(0);
    const outbox = join(home.dir, 'outbox');
    const sent = listNames(outbox).reduce((sum, name) => sum + readFileSync(join(outbox, name)).length, 0);
    expect(metrics.get('labdrop_sftp_bytes_total{direction="upload"}')).toBe(sent);
  });

  it('measures what is there now', async () => {
    const metrics = await scrape(daemon.httpPort);
    for (const name of ['labdrop_batches_waiting', 'labdrop_batches_in_work', 'labdrop_reports_undelivered']) {
      expect([name, metrics.get(name)]).toEqual([name, 0]);
    }
    expect(metrics.get('labdrop_sources_unreadable')).toBe(0);
    expect(metrics.get('labdrop_oldest_waiting_batch_age_seconds')).toBe(0);
    expect(metrics.get('labdrop_batches_unfinished{state="claimed"}')).toBe(0);
    for (const name of ['labdrop_store_bytes', 'labdrop_disk_free_bytes', 'labdrop_disk_size_bytes']) {
      expect([name, (metrics.get(name) ?? 0) > 0]).toEqual([name, true]);
    }
    expect(metrics.get('labdrop_disk_reserve_bytes')).toBe(268435456);
    expect(metrics.get('labdrop_last_success_timestamp_seconds{account="lab"}')).toBeGreaterThan(1.6e9);
    expect(metrics.get('labdrop_last_scan_timestamp_seconds')).toBeGreaterThan(1.6e9);
    expect(metrics.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  });

  it('looks at its event loop twenty times a second and no more', async () => {
    await scrape(daemon.httpPort);
    await sleep(1_000);
    const metrics = await scrape(daemon.httpPort);
    expect(metrics.get('nodejs_eventloop_lag_p50_seconds')).toBeGreaterThan(0.045);
    expect(metrics.get('nodejs_eventloop_lag_p50_seconds')).toBeLessThan(1);
  });

  it('explains every metric of its own', async () => {
    const { body, type } = await get(daemon.httpPort, '/metrics');
    expect(type).toContain('version=0.0.4');
    const names = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const helped = [...body.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name);
    expect(names.filter((name) => name?.startsWith('labdrop_')).length).toBeGreaterThan(20);
    expect(helped).toEqual(names);
  });
});

describe('readiness', () => {
  it('is not ready when the disk is below the reserve', async () => {
    const home = makeHome('ingest: { diskReserveBytes: 1099511627776 }');
    try {
      const daemon = await startDaemon(home);
      const { status, body } = await get(daemon.httpPort, '/readyz');
      const { ready, checks } = JSON.parse(body) as { ready: boolean; checks: Record<string, string> };
      expect({ status, ready }).toEqual({ status: 503, ready: false });
      expect(checks['disk']).toMatch(/^\d+ bytes are free, the reserve is 1099511627776$/);
      expect(checks['store']).toBe('ok');
      expect((await get(daemon.httpPort, '/healthz')).status).toBe(200);
      await daemon.stop();
    } finally {
      home.remove();
    }
  }, 120_000);

  it('runs without the port when it is off or taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => other.once('listening', listening));
    const { port } = other.address() as { port: number };
    try {
      for (const [setting, told] of [
        ['null', false],
        [String(port), true],
      ] as const) {
        const home = makeHome();
        writeFileSync(
          home.configPath,
          readFileSync(home.configPath, 'utf8').replace('http: { port: 0 }', `http: { port: ${setting} }`),
        );
        const daemon = await startDaemon(home);
        expect(daemon.httpPort).toBeNull();
        expect(daemon.stdout().includes('http.unavailable')).toBe(told);
        expect(daemon.stdout().includes(`Health    none: 127.0.0.1 port ${port} cannot be listened on`)).toBe(told);
        expect(labdrop(home, ['check']).stdout.includes(`does not listen on 127.0.0.1 port ${port}`)).toBe(told);
        const shown = (): boolean => labdrop(home, ['status']).stdout.includes('for health and metrics');
        if (told) await until(shown, 'the fault in the status');
        else expect(shown()).toBe(false);
        await daemon.stop();
        home.remove();
      }
    } finally {
      other.close();
    }
  }, 120_000);
});
