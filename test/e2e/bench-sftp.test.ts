/** The SFTP measurement in its short form: that it works, not what comes out of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/built-daemon';

interface Row {
  readonly name: string;
  readonly ratio: number;
}

const hasRival = existsSync('/usr/sbin/sshd') || process.env.LABDROP_REQUIRE_CLIENTS === '1';

(hasRival ? test : test.skip)(
  'every case runs beside OpenSSH, with every transfer hashed',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'labdrop-test-'));
    try {
      const json = join(dir, 'result.json');
      execFileSync(process.execPath, [join(PROJECT_ROOT, 'test/bench/sftp.mjs'), '--short', '--json', json], {
        stdio: 'pipe',
      });
      const { rows } = JSON.parse(readFileSync(json, 'utf8')) as { rows: readonly Row[] };
      expect(rows.length).toBeGreaterThan(10);
      for (const row of rows) expect(row).toEqual(expect.objectContaining({ ratio: expect.any(Number) as number }));
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
  120_000,
);
