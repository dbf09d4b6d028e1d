/** One batch in a fresh daemon, from the arrival of its marker to the commit as another process sees it. */
import { copyFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseName, Database, sleep, startDaemon, until } from '../flood/daemon.mjs';

export const SENDER = '81365677';
const TICKS_PER_SECOND = 100;

/**
 * @param prefill files that are stored first, and do not count
 * @returns seconds to the commit and to `.report.ok`; CPU seconds, megabytes written and peak RSS of the process until
 * then; bytes of the store for each record
 */
export async function measureProduct(file, prefill = []) {
  const daemon = await startDaemon({ lab: SENDER });
  try {
    let number = 0;
    for (const earlier of prefill) await deliver(daemon, earlier, baseName(SENDER, ++number));
    const store = join(daemon.home, 'data/labdrop.db');
    const sizeBefore = statSync(store).size;
    const before = usage(daemon.pid);
    const times = await deliver(daemon, file, baseName(SENDER, ++number));
    const after = usage(daemon.pid);
    const [{ records, accepted }] = daemon.query('SELECT records, accepted FROM batches ORDER BY received_at DESC');
    const peakRssMb = daemon.peakRssMb();
    await daemon.stop({ keep: true });
    const size = statSync(store).size;
    return {
      ...times,
      records,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      writtenMb: after.writtenMb - before.writtenMb,
      peakRssMb,
      storeBytesPerRecord: accepted === 0 ? 0 : (size - (prefill.length === 0 ? 0 : sizeBefore)) / accepted,
    };
  } finally {
    daemon.remove();
  }
}

async function deliver(daemon, file, base) {
  const drop = daemon.drop('lab');
  copyFileSync(file, join(drop, `.${base}`));
  renameSync(join(drop, `.${base}`), join(drop, base));
  // The pages of the copy are written out and the folder is watched before the marker comes.
  await sleep(6000);
  const db = new Database(join(daemon.home, 'data/labdrop.db'), { readonly: true });
  const outcome = db.prepare('SELECT outcome FROM batches WHERE base_name = ?').pluck();
  const marked = performance.now();
  writeFileSync(join(drop, `${base}.ok`), '');
  await until(() => (outcome.get(base) ?? null) !== null, 5);
  const seconds = (performance.now() - marked) / 1000;
  db.close();
  await until(() => existsSync(join(drop, 'reports', `${base}.report.ok`)), 5);
  return { seconds, reportedSeconds: (performance.now() - marked) / 1000 };
}

function usage(pid) {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).map(Number);
  const written = Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);
  return { cpuSeconds: (user + system) / TICKS_PER_SECOND, writtenMb: written / 1e6 };
}
