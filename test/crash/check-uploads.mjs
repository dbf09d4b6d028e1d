/**
 * What must hold when the daemon was killed while a client uploaded: what the client heard OK for is there, whole, and
 * nothing half is visible; besides, all that must hold at any moment.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkMoment } from './check-moment.mjs';
import { listNames } from './daemon.mjs';
import { ACCOUNT } from './scenario.mjs';
import { sha256 } from './snapshot.mjs';
import { STEPS, UPLOADS } from './uploads.mjs';

/**
 * @param heard how many steps the client has heard OK for
 * @returns {string[]} what does not hold
 */
export function checkUploads(home, reference, heard) {
  const isHeard = (batch, brings) =>
    STEPS.slice(0, heard).some((step) => step.batch === batch && step.brings === brings);
  return [...checkVisible(home, isHeard), ...checkMoment(home, reference, isHeard)];
}

function checkVisible(home, isHeard) {
  const drop = join(home.dataDir, 'accounts', ACCOUNT);
  const names = listNames(drop).filter((name) => name !== 'reports' && name !== 'test');
  const [plain, , large] = UPLOADS;
  const problems = names.flatMap((name) => {
    const hash = sha256(readFileSync(join(drop, name)));
    const batch = UPLOADS.find((known) => [known.name, `${known.name}.filepart`].includes(name));
    const whole = batch === large ? [plain.sha256, large.sha256] : [batch?.sha256 ?? sha256('')];
    return whole.includes(hash) ? [] : [`${name} is visible and not whole`];
  });
  if (isHeard(large, 'replaced') && !isHeard(large, 'data') && !names.includes(large.name)) {
    problems.push(`${large.name} is gone before another one replaces it`);
  }
  return problems;
}
