/** Hostile peers against the built daemon, each attack once: `npm run test:attacks` measures them at length. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/built-daemon';

interface Row {
  readonly attack: string;
  readonly rssMb: number;
  readonly honest: string;
  readonly cutMs: number | null;
  readonly isSound: boolean;
}

/** What is held for peers is bounded; what the runtime has freed and not given back yet comes on top. */
const RSS_MAX_MB = '200';

test('an honest client is served whole while others attack, they are cut, and memory is bounded', () => {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-attacks-'));
  const path = join(dir, 'attacks.json');
  const args = [join(PROJECT_ROOT, 'test/attacks/run.mjs'), '--short', '--rss', RSS_MAX_MB, '--json', path];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 170_000 });
  expect(`${stdout}${stderr}`).not.toContain('PROBLEM');
  expect(status).toBe(0);
  const { rows } = JSON.parse(readFileSync(path, 'utf8')) as { rows: readonly Row[] };
  rmSync(dir, { recursive: true });
  expect(rows.length).toBeGreaterThanOrEqual(15);
  for (const row of rows) expect(row).toMatchObject({ honest: 'ok', isSound: true });
}, 180_000);
