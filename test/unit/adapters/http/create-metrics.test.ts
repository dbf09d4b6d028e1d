import { createMetrics, type Metrics } from '../../../../src/adapters/http/create-metrics';
import type { GaugeSources } from '../../../../src/adapters/http/create-gauges';
import type { BatchRecord } from '../../../../src/domain/batch-record';

const NOW = new Date('2026-01-31T12:00:00Z');

const BATCH = {
  id: 'b1',
  account: 'lab',
  mode: 'production',
  outcome: 'PARTIAL',
  messageType: 'T',
  accepted: 3,
  rejected: 2,
  duplicate: 1,
  receivedAt: '2026-01-31T11:59:00Z',
  committedAt: '2026-01-31T11:59:01Z',
  reportedAt: '2026-01-31T11:59:02Z',
} as BatchRecord;

function make(sources: Partial<GaugeSources> = {}): Metrics {
  return createMetrics({
    version: '1.2.3',
    messageTypes: () => ['T'],
    sources: {
      now: () => NOW,
      queue: () => ({ waiting: 2, inWork: 1, oldestReceivedAt: '2026-01-31T11:59:30Z' }),
      faults: () => [],
      sftp: () => ({ connections: 4, openUploads: 3, bans: 2 }),
      store: () => ({
        unfinished: [
          { state: 'committed', total: 5, oldestAt: '2026-01-31T11:58:00Z' },
          { state: 'ready', total: 1, oldestAt: '2026-01-31T11:59:00Z' },
        ],
        bytes: 1000,
      }),
      disk: () => ({ freeBytes: 10, totalBytes: 20, reserveBytes: 5 }),
      ...sources,
    },
  });
}

async function read(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.render()).split('\n');
}

describe('gauges', () => {
  it('are read when asked for', async () => {
    const lines = await read(make());
    expect(lines).toEqual(
      expect.arrayContaining([
        'labdrop_build_info{version="1.2.3"} 1',
        'labdrop_batches_waiting 2',
        'labdrop_batches_in_work 1',
        'labdrop_oldest_waiting_batch_age_seconds 120',
        'labdrop_batches_unfinished{state="committed"} 5',
        'labdrop_batches_unfinished{state="claimed"} 0',
        'labdrop_reports_undelivered 5',
        'labdrop_sftp_connections 4',
        'labdrop_sftp_open_uploads 3',
        'labdrop_sftp_banned_addresses 2',
        'labdrop_store_bytes 1000',
        'labdrop_disk_free_bytes 10',
        'labdrop_sources_unreadable 0',
      ]),
    );
  });

  it('are left out when their source fails, and say so', async () => {
    const fail = (): never => {
      throw new Error('gone');
    };
    const lines = await read(make({ store: fail, disk: fail }));
    expect(lines).toContain('labdrop_sources_unreadable 2');
    expect(lines).toContain('labdrop_oldest_waiting_batch_age_seconds 30');
    const samples = lines.filter((line) => !line.startsWith('#'));
    for (const name of ['labdrop_store_bytes', 'labdrop_disk_free_bytes', 'labdrop_reports_undelivered']) {
      expect(samples.filter((line) => line.startsWith(name))).toEqual([]);
    }
  });

  it('tell how many batches stand because of us, until they are done', async () => {
    const metrics = make();
    metrics.batchFault('b1', 'S901');
    metrics.batchFault('b1', 'S902');
    metrics.batchFault('b2', 'S902');
    metrics.batchFault('b3', 'S902');
    expect(await read(metrics)).toContain('labdrop_faults_standing{code="S902"} 3');
    metrics.batchDone(BATCH, [], 10);
    metrics.batchWithdrawn('b2');
    const lines = await read(metrics);
    expect(lines).toContain('labdrop_faults_standing{code="S902"} 1');
    expect(lines).toContain('labdrop_faults_standing{code="S901"} 0');
    expect(lines).toContain('labdrop_faults_total{code="S902"} 3');
  });

  it('tell of failures that are no batch’s beside those of batches, for as long as they stand', async () => {
    let faults = [{ code: 'S901' }, { code: 'S901' }];
    const metrics = make({ faults: () => faults });
    metrics.batchFault('b1', 'S901');
    expect(await read(metrics)).toContain('labdrop_faults_standing{code="S901"} 3');
    faults = [];
    expect(await read(metrics)).toContain('labdrop_faults_standing{code="S901"} 1');
  });

  it.each([
    ['a batch that was not rejected', BATCH, true],
    ['a rejected one', { ...BATCH, outcome: 'REJECTED' as const }, false],
    ['a rehearsal', { ...BATCH, mode: 'test' as const }, false],
  ])('keep the last success of an account: %s', async (_what, batch, counts) => {
    const metrics = make();
    metrics.batchDone(batch, [], 10);
    const line = `labdrop_last_success_timestamp_seconds{account="lab"} ${Date.parse('2026-01-31T11:59:01Z') / 1000}`;
    expect((await read(metrics)).includes(line)).toBe(counts);
  });
});

describe('counters', () => {
  it('count records of production batches alone', async () => {
    const metrics = make();
    metrics.batchDone(BATCH, [], 10);
    metrics.batchDone({ ...BATCH, mode: 'test' }, [], 10);
    const lines = await read(metrics);
    expect(lines).toContain('labdrop_records_total{type="T",result="accepted"} 3');
    expect(lines).toContain('labdrop_records_total{type="T",result="rejected"} 2');
    expect(lines).toContain('labdrop_batches_total{type="T",mode="test",outcome="PARTIAL"} 1');
  });

  it('have bounded labels, whatever peers send', async () => {
    const metrics = make();
    for (let n = 0; n < 200; n++) {
      metrics.batchDone({ ...BATCH, messageType: `Made up ${n}` }, [], 1);
      const peer = { connection: n, address: '192.0.2.1', account: `nobody${n}` };
      metrics.sftp({ event: 'refusal', ...peer, operation: `op${n}`, path: `/p${n}`, reason: `r${n}` });
      metrics.sftp({
        ...{ event: 'login', ...peer, outcome: 'refused', method: `m${n}`, fingerprint: null },
        ...{ reason: `r${n}`, client: `c${n}`, algorithms: '' },
      });
    }
    const lines = await read(metrics);
    const series = (name: string): number => lines.filter((line) => line.startsWith(`${name}{`)).length;
    expect(series('labdrop_batches_total')).toBe(1);
    expect(series('labdrop_sftp_refusals_total')).toBe(41);
    expect(series('labdrop_sftp_logins_total')).toBe(3);
    expect(lines.filter((line) => line.includes('nobody'))).toEqual([]);
  });
});
