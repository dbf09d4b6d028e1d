import type { SftpAuditEvent } from '../../../src/adapters/sftp/sftp-audit';
import type { ReportFetch } from '../../../src/adapters/sqlite/record-fetches';
import { createFetchRecorder } from '../../../src/daemon/fetch-recorder';

const NOW = new Date('2026-01-31T12:00:00Z');

const download = (path: string, outcome: 'complete' | 'partial' = 'complete'): SftpAuditEvent => ({
  ...{ event: 'transfer', direction: 'download', connection: 1, address: '192.0.2.1', account: 'lab' },
  ...{ path, bytes: 1, ms: 1, outcome },
});

function record(failures = 0): {
  recorder: ReturnType<typeof createFetchRecorder>;
  written: ReportFetch[][];
  faults: unknown[];
} {
  const written: ReportFetch[][] = [];
  const faults: unknown[] = [];
  const told = (_event: string, fields?: object): unknown => faults.push(fields);
  let left = failures;
  const recorder = createFetchRecorder({
    storePath: '/store',
    log: { error: told, warn: told, info: told, debug: told },
    now: () => NOW,
    write: ({ fetches }) => {
      left -= 1;
      if (left >= 0) return Promise.reject(new Error('busy'));
      written.push([...fetches]);
      return Promise.resolve();
    },
  });
  return { recorder, written, faults };
}

test('complete downloads of reports are kept, each once, and nothing else', async () => {
  const { recorder, written } = record();
  for (const event of [
    download('/reports/B.report.json'),
    download('/reports/B.report.json'),
    download('/test/reports/B.errors.csv'),
    download('/reports/B.errors.csv', 'partial'),
    download('/B.csv'),
    { ...download('/reports/C.report.json'), direction: 'upload' } as SftpAuditEvent,
  ]) {
    recorder.hear(event);
  }
  await recorder.close();
  const at = NOW.toISOString();
  expect(written).toEqual([
    [
      { account: 'lab', folder: 'root', fileName: 'B.report.json', at },
      { account: 'lab', folder: 'test', fileName: 'B.errors.csv', at },
    ],
  ]);
});

test('what could not be written is told, and nothing is left running', async () => {
  const { recorder, written, faults } = record(1);
  recorder.hear(download('/reports/B.report.json'));
  await recorder.close();
  expect(written).toEqual([]);
  expect(faults).toEqual([expect.objectContaining({ code: 'S902', message: 'busy' })]);
});
