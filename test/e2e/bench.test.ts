/** The measurement of ingestion in its short form: that it works, not what comes out of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/built-daemon';

interface Results {
  readonly throughput: readonly Record<string, number>[];
  readonly latency: { readonly idle: { readonly count: number }; readonly beside: { readonly count: number } };
  readonly many: { readonly batches: number; readonly perSecond: number };
}

test('every figure is taken, beside its rivals', () => {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-test-'));
  try {
    const json = join(dir, 'result.json');
    execFileSync(process.execPath, [join(PROJECT_ROOT, 'test/bench/bench.mjs'), '--short', '--json', json], {
      stdio: 'pipe',
    });
    const { throughput, latency, many } = JSON.parse(readFileSync(json, 'utf8')) as Results;
    const positive = expect.any(Number) as number;
    expect(throughput).toEqual([
      expect.objectContaining({ records: 2000, besideImport: positive, besideNaive: positive, peakRssMb: positive }),
    ]);
    expect(latency.idle.count).toBe(10);
    expect(latency.beside.count).toBeGreaterThan(0);
    expect(many.batches).toBe(20);
  } finally {
    rmSync(dir, { recursive: true });
  }
}, 120_000);
