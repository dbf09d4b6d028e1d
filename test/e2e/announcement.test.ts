/** What a start prints about accounts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeHome, startDaemon } from '../support/built-daemon';

it.each([
  ['none', [], /^No account yet\. Next, .*:$/m],
  [
    'none but one that is broken',
    ['lab.yaml'],
    /^Accounts {2}none that can be used: nobody can log in; .* check says why$/m,
  ],
])('where there is %s', async (_what, files, expected) => {
  const home = makeHome();
  for (const name of files) writeFileSync(join(home.dir, 'senders', name), 'account: [');
  try {
    const daemon = await startDaemon(home);
    expect(await daemon.stop()).toBe(0);
    const lines = daemon
      .stdout()
      .split('\n')
      .filter((line) => /^(?:No account yet|Accounts )/.test(line));
    expect(lines).toEqual([expect.stringMatching(expected)]);
  } finally {
    home.remove();
  }
});
