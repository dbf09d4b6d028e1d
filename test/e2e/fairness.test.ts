/** One laboratory's large batch and another's small one, through the running daemon: the small one does not wait. */
import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAccount } from '../support/add-account';
import { type BuiltDaemon, type Home, makeHome, PROJECT_ROOT, startDaemon } from '../support/built-daemon';
import { dropFolder, isAnswered } from '../support/drop-folder';
import { queryStore } from '../support/query-store';
import { SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const LARGE = SENDER;
const SMALL = '71099911';
const RECORDS = 100_000;
const nameOf = (sender: string, time: number): string => `${sender}_LaboratoryTestResult_${time}`;

let home: Home;
let daemon: BuiltDaemon;
beforeAll(async () => {
  home = makeHome();
  for (const sender of [LARGE, SMALL]) {
    writeAccount(home, `lab${sender}`, { sender });
  }
  daemon = await startDaemon(home);
}, 60_000);
afterAll(async () => {
  await daemon.stop();
  home.remove();
});

const folderOf = (sender: string): string => dropFolder(home, `lab${sender}`);

/** Seeded records, as the benchmarks make them. */
function generate(sender: string, records: number, seed: number): string {
  const path = join(home.dir, `${sender}-${seed}.csv`);
  const script = `import { generate } from ${JSON.stringify(join(PROJECT_ROOT, 'test/bench/generate.mjs'))};
    generate(${JSON.stringify({ path, records, sender, seed, badShare: 0, schemasDir: join(PROJECT_ROOT, 'schemas') })});`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  return path;
}

function drop(sender: string, time: number, path: string): void {
  renameSync(path, join(folderOf(sender), nameOf(sender, time)));
  writeFileSync(join(folderOf(sender), `${nameOf(sender, time)}.ok`), '');
}

interface Row {
  readonly file_name: string;
  readonly accepted: number;
  readonly claimed_at: string;
  readonly committed_at: string;
  readonly archived_at: string;
}

const batches = (sender: string): Row[] =>
  queryStore(home.storePath, 'SELECT * FROM batches WHERE sender = ? ORDER BY committed_at', sender);

test('small batches are done while a large one is in work', async () => {
  const large = generate(LARGE, RECORDS, 1);
  const small = [1, 2, 3].map((seed) => generate(SMALL, 10, seed));
  drop(LARGE, 211101000000, large);
  await until(() => batches(LARGE)[0]?.claimed_at !== undefined, 'the large batch in work');
  [3, 1, 2].forEach((second) => drop(SMALL, 211101000000 + second, small[second - 1] ?? ''));
  const done = (sender: string, time: number): boolean => isAnswered(folderOf(sender), nameOf(sender, time));
  await until(() => done(LARGE, 211101000000), 'the large one reported', 120_000);
  await until(() => batches(LARGE)[0]?.archived_at != null, 'the large one archived');

  const [first] = batches(LARGE);
  expect(first?.accepted).toBe(RECORDS);
  const rows = batches(SMALL);
  expect(rows.map(({ accepted }) => accepted)).toEqual([10, 10, 10]);
  for (const row of rows) {
    expect(row.claimed_at > (first?.claimed_at ?? '')).toBe(true);
    expect(row.archived_at < (first?.committed_at ?? '')).toBe(true);
  }
}, 180_000);
