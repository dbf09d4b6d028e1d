/**
 * How long a laboratory's small batches wait while another one's large batch is on its way:
 *
 *   npm run test:fairness [-- --records 1000000 --limit 2]
 *
 * Batches of ten records are dropped one after the other, from before the large one to its end; the figure is how much
 * longer the slowest of them took than they take alone. Ends with status 1 when that is more than `--limit` seconds.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generate } from '../bench/generate.mjs';
import { answered, baseName, percentile, place, ROOT, sleep, startDaemon } from './daemon.mjs';

const LARGE = '81365677';
const SMALL = '71099911';
const { values: options } = parseArgs({
  options: { records: { type: 'string', default: '1000000' }, limit: { type: 'string', default: '2' } },
});
const schemasDir = join(ROOT, 'schemas');

const daemon = await startDaemon({ large: LARGE, small: SMALL });
let number = 0;
async function dropSmall() {
  const base = baseName(SMALL, ++number);
  const file = join(daemon.home, 'small.csv');
  generate({ path: file, records: 10, sender: SMALL, schemasDir, seed: 1000 + number, badShare: 0 });
  place(daemon.drop('small'), base, readFileSync(file));
  place(daemon.drop('small'), `${base}.ok`, '');
  return answered(daemon.drop('small'), base);
}
async function dropSmallOnes(goOn) {
  const times = [];
  while (goOn(times.length)) {
    times.push(await dropSmall());
    await sleep(50);
  }
  return times;
}

const large = join(daemon.home, 'large.csv');
generate({ path: large, records: Number(options.records), sender: LARGE, schemasDir });
const alone = await dropSmallOnes((done) => done < 40);

const folder = daemon.drop('large');
const base = baseName(LARGE, 0);
renameSync(large, join(folder, base));
const megabytes = Math.round(statSync(join(folder, base)).size / 1e6);
spawnSync('sync');
const started = performance.now();
writeFileSync(join(folder, `${base}.ok`), '');
const beside = await dropSmallOnes(() => !existsSync(join(folder, 'reports', `${base}.report.ok`)));
const seconds = (performance.now() - started) / 1000;
const [batch] = daemon.query(`SELECT records, accepted, outcome FROM batches WHERE account = 'large'`);
const peakRssMb = daemon.peakRssMb();
await daemon.stop();

const show = (name, times) =>
  console.log(
    `${name}: ${times.length} batches of 10 records; median ${percentile(times, 0.5).toFixed(0)} ms, ` +
      `p99 ${percentile(times, 0.99).toFixed(0)} ms, worst ${Math.max(...times).toFixed(0)} ms`,
  );
console.log(
  `large: ${batch.records} records, ${megabytes} MB, ${batch.outcome}, ${seconds.toFixed(1)} s, peak RSS ${peakRssMb} MB`,
);
show('alone', alone);
show('beside the large one', beside);
const delay = (Math.max(...beside) - percentile(alone, 0.5)) / 1000;
console.log(`delayed by at most ${delay.toFixed(2)} s (allowed: ${options.limit} s)`);
process.exitCode = delay > Number(options.limit) ? 1 : 0;
