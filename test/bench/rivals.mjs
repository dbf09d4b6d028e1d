/** What the throughput of a batch is measured beside: each loads the same file into a table with an index on the key. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, TYPE } from '../flood/daemon.mjs';

/** Seconds of `sqlite3 .import`, durable, which checks nothing. */
export function measureImport(file) {
  return inFolder((home) => {
    const header = readFileSync(file).subarray(0, 8192).toString().split('\n')[0].split(';');
    const script = [
      'PRAGMA journal_mode=WAL;',
      'PRAGMA synchronous=FULL;',
      `CREATE TABLE "${TYPE}" (${header.map((name) => `"${name}" TEXT`).join(', ')});`,
      `CREATE INDEX by_key ON "${TYPE}" ("HealthcareProviderIdentificationNumberLab", "TestId1");`,
      '.mode csv',
      '.separator ; "\\n"',
      `.import --skip 1 ${file} ${TYPE}`,
    ];
    return timed('sqlite3', [join(home, 'import.db')], script.join('\n'));
  });
}

/** Seconds of the obvious composition of papaparse, ajv and better-sqlite3 (see naive.mjs), its start included. */
export function measureNaive(file) {
  return inFolder((home) =>
    timed(process.execPath, [join(ROOT, 'test/bench/naive.mjs'), file, join(home, 'naive.db')], ''),
  );
}

function inFolder(measure) {
  const home = mkdtempSync(join(tmpdir(), 'labdrop-bench-'));
  try {
    return measure(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function timed(command, args, input) {
  const started = performance.now();
  const run = spawnSync(command, args, { input, encoding: 'utf8' });
  const seconds = (performance.now() - started) / 1000;
  if (run.status !== 0) throw new Error(`${command} failed: ${run.stderr}`);
  return { seconds };
}
