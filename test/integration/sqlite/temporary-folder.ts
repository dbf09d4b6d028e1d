import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test file's own, removed after its last test. Call it at the top level of a test file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-sqlite-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
