/** A data folder that becomes read-only under the running daemon: by a mount that covers it, which root may make. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { type BuiltDaemon, type Home, labdrop, makeHome, startDaemon } from '../support/built-daemon';

let home: Home;
let daemon: BuiltDaemon;

beforeAll(async () => {
  home = makeHome();
  mkdirSync(home.dataDir);
  daemon = await startDaemon(home);
}, 60_000);

afterAll(async () => {
  await daemon.stop();
  home.remove();
});

async function disk(): Promise<{ readonly status: number; readonly text: string | undefined }> {
  const response = await fetch(`http://127.0.0.1:${daemon.httpPort}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, string> };
  return { status: response.status, text: checks['disk'] };
}

function makeReadOnly(): void {
  execFileSync('mount', ['--bind', home.dataDir, home.dataDir]);
  execFileSync('mount', ['-o', 'remount,bind,ro', home.dataDir]);
}

const problems = (): readonly { readonly what: string; readonly fix: string }[] => {
  const { results } = JSON.parse(labdrop(home, ['check', '--json']).stdout) as {
    results: { area: string; ok: boolean; what: string; fix: string }[];
  };
  return results.filter(({ area, ok }) => area === 'file system' && !ok);
};

it('is told by /readyz, check and status, with what mends it, until it is mended', async () => {
  expect((await disk()).text).toBe('ok');
  expect(problems()).toEqual([]);

  makeReadOnly();
  try {
    const what = `the file system of ${home.dataDir} can only be read`;
    const fix = `mount -o remount,rw ${home.dataDir}`;
    const { status, text } = await disk();
    expect(status).toBe(503);
    expect(text).toContain(what);
    expect(text).toContain(fix);
    expect(problems()).toEqual([
      expect.objectContaining({
        what: expect.stringContaining(what) as string,
        fix: expect.stringContaining(fix) as string,
      }),
    ]);
    expect(labdrop(home, ['status']).stdout).toMatch(/^Disk +CANNOT BE WRITTEN TO: /m);
  } finally {
    execFileSync('umount', [home.dataDir]);
  }
  expect((await disk()).text).toBe('ok');
});

it('is what a stop that cannot write its last words tells', async () => {
  makeReadOnly();
  try {
    expect(await daemon.stop()).toBe(70);
    expect(daemon.stdout()).toContain('"code":"S901","message":"some parts did not stop cleanly: EROFS: ');
  } finally {
    execFileSync('umount', [home.dataDir]);
  }
});
