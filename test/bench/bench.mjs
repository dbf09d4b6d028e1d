/**
 * Measures the built program beside rivals on this machine, in one run, in turn, and prints medians and ratios (above 1:
 * we are faster):
 *
 *   npm run bench [-- --runs 5 --records 10000,100000,1000000 --naive 100000 --json FILE]
 *   npm run bench -- --records 1000000 --prefill 20   a store that holds 20 million records already
 *   npm run bench -- --records 100000 --warm 3        the fourth batch of its size since the daemon began
 *   npm run bench -- --short
 *
 * Throughput counts from the marker's arrival to the commit, as another process sees it. Figures of different runs do not
 * compare; ratios do.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile, ROOT } from '../flood/daemon.mjs';
import { generate } from './generate.mjs';
import { measureLatency, measureMany } from './latency.mjs';
import { measureImport, measureNaive } from './rivals.mjs';
import { measureProduct, SENDER } from './throughput.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    records: { type: 'string', default: '10000,100000,1000000' },
    naive: { type: 'string', default: '100000' },
    prefill: { type: 'string', default: '0' },
    warm: { type: 'string', default: '0' },
    batches: { type: 'string', default: '500' },
    large: { type: 'string', default: '1000000' },
    many: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});
if (options.short) {
  Object.assign(options, { runs: '1', records: '2000', naive: '2000', batches: '10', large: '2000', many: '20' });
}
const PREFILL_RECORDS = 1_000_000;
const schemasDir = join(ROOT, 'schemas');
const work = mkdtempSync(join(tmpdir(), 'labdrop-bench-data-'));
const median = (runs, name) =>
  percentile(
    runs.map((run) => run[name]),
    0.5,
  );
const round = (value, digits = 2) => Math.round(value * 10 ** digits) / 10 ** digits;

function makeFile(records, seed) {
  const path = join(work, `${records}-${seed}.csv`);
  generate({ path, records, sender: SENDER, schemasDir, seed });
  return path;
}

async function measureThroughput(records) {
  const file = makeFile(records, 1);
  const sizes = [
    ...new Array(Number(options.prefill)).fill(PREFILL_RECORDS),
    ...new Array(Number(options.warm)).fill(records),
  ];
  const prefill = sizes.map((size, i) => makeFile(size, i + 2));
  const ours = [];
  const imports = [];
  const naives = [];
  for (let run = 0; run < Number(options.runs); run++) {
    ours.push(await measureProduct(file, prefill));
    imports.push(measureImport(file));
    if (Number(options.naive) === records) naives.push(measureNaive(file));
  }
  const seconds = median(ours, 'seconds');
  const row = {
    records,
    megabytes: round(statSync(file).size / 1e6, 1),
    recordsPerSecond: Math.round(records / seconds),
    importPerSecond: Math.round(records / median(imports, 'seconds')),
    besideImport: round(median(imports, 'seconds') / seconds),
    besideNaive: naives.length === 0 ? null : round(median(naives, 'seconds') / seconds),
    reportedSeconds: round(median(ours, 'reportedSeconds'), 1),
    cpuSecondsPerMillion: round((median(ours, 'cpuSeconds') * 1e6) / records, 1),
    writtenMbPerMillion: Math.round((median(ours, 'writtenMb') * 1e6) / records),
    storeBytesPerRecord: Math.round(median(ours, 'storeBytesPerRecord')),
    peakRssMb: Math.max(...ours.map(({ peakRssMb }) => peakRssMb)),
  };
  rmSync(file);
  prefill.forEach((path) => rmSync(path));
  return row;
}

const wanted = (part) => options.only === '' || options.only.split(',').includes(part);
const results = { node: process.version, throughput: [], latency: null, many: null };
/** Done last: without a journal, ext4 looks at each file deleted in the last minutes before it makes one. */
const removals = [() => rmSync(work, { recursive: true, force: true })];
const removeLater = (remove) => void removals.push(remove);
try {
  if (wanted('throughput')) {
    for (const records of options.records.split(',').map(Number)) {
      results.throughput.push(await measureThroughput(records));
    }
    console.table(results.throughput);
  }
  if (wanted('latency')) {
    const measured = { batches: Number(options.batches), largeRecords: Number(options.large) };
    results.latency = await measureLatency({ ...measured, removeLater });
    for (const [when, { p50, p99, count }] of Object.entries(results.latency)) {
      console.log(
        `marker to report, 100 records, ${when}: p50 ${round(p50, 1)} ms, p99 ${round(p99, 1)} ms (${count})`,
      );
    }
  }
  if (wanted('many')) {
    const measured = { count: Number(options.many), accounts: 20, rounds: Number(options.runs) };
    results.many = await measureMany({ ...measured, removeLater });
    const { batches, perSecond } = results.many;
    const [first = 0] = perSecond;
    const usual = round(percentile(perSecond, 0.5), 1);
    console.log(`${batches} batches of 20 accounts: ${usual} a second, ${round(first, 1)} when just begun`);
  }
} finally {
  for (const remove of removals) remove();
}
if (options.json) writeFileSync(options.json, JSON.stringify(results, null, 1));
