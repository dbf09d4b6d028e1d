/** The space that must stay free, on a small file system of its own, which root may mount. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_FLAG, STATUS } from '../../src/adapters/sftp/codec/packet-types';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  sftp,
  startDaemon,
} from '../support/built-daemon';
import { RawClient, type RawReply } from '../support/sftp-raw-client';
import { examplePath, RAPID_EXAMPLE } from '../support/shipped-examples';
import { mountSmallDisk } from '../support/small-disk';
import { until } from '../support/until';

const STEM = RAPID_EXAMPLE;
const MEBIBYTE = 1024 * 1024;
const WRITE = OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.TRUNC;
const AGAIN_LATER = 'the server is short of disk space; try again later';

let home: Home;
let daemon: BuiltDaemon | null = null;
let key: string;

beforeAll(async () => {
  home = makeHome(`ingest: { diskReserveBytes: ${24 * MEBIBYTE} }`);
  mkdirSync(home.dataDir);
  mountSmallDisk(home.dataDir, 48);
  key = makeKey(home, 'id_lab');
  daemon = await startDaemon(home);
  addAccount(home, { key, account: 'lab1' });
  copyFileSync(examplePath(STEM), join(home.dir, `${STEM}.csv`));
  writeFileSync(join(home.dir, `${STEM}.ok`), '');
}, 60_000);

afterAll(async () => {
  if (daemon !== null) {
    await daemon.stop('SIGKILL');
    execFileSync('umount', [home.dataDir]);
  }
  home.remove();
});

async function below(): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${daemon!.httpPort}/metrics`)).text();
  return Number(/^labdrop_disk_below_reserve (\d)$/m.exec(page)?.[1]);
}

const readiness = async (): Promise<number> => (await fetch(`http://127.0.0.1:${daemon!.httpPort}/readyz`)).status;

it('says "try again later" below the reserve, keeps what it took, and goes on by itself', async () => {
  const client = await RawClient.connect(daemon!.port, readFileSync(key));
  const write = (handle: Buffer, offset: number): Promise<RawReply> =>
    client.send({ kind: 'write', handle, offset: BigInt(offset), content: Buffer.alloc(1024, 'x') });
  const begun = await client.open('/begun.csv', WRITE);
  expect(await write(begun, 0)).toMatchObject({ status: STATUS.OK });
  expect([await below(), await readiness()]).toEqual([0, 200]);

  const ballast = join(home.dataDir, 'ballast');
  writeFileSync(ballast, Buffer.alloc(28 * MEBIBYTE));
  await until(() => daemon!.stdout().includes('"disk.low"'), 'the alarm in the log');
  expect([await below(), await readiness()]).toEqual([1, 503]);
  expect(await write(begun, 1024)).toMatchObject({ status: STATUS.FAILURE, message: AGAIN_LATER });
  await expect(client.open('/new.csv', WRITE)).rejects.toThrow(AGAIN_LATER);
  const login = { port: daemon!.port, user: 'lab1', key };
  expect(sftp(login, [`put ${STEM}.csv`], home.dir).status).not.toBe(0);
  expect(sftp(login, ['ls reports'], home.dir).status).toBe(0);
  expect(labdrop(home, ['status']).stdout).toMatch(/^Disk .*UPLOADS ARE REFUSED/m);
  client.end();

  rmSync(ballast);
  expect(sftp(login, [`put ${STEM}.csv`, `put ${STEM}.ok`], home.dir)).toMatchObject({ status: 0 });
  const reports = join(home.dataDir, 'accounts/lab1/reports');
  await until(() => listNames(reports).includes(`${STEM}.report.ok`), 'the report');
  expect(listNames(reports)).toContain(`${STEM}.ACCEPTED.txt`);
  expect([await below(), await readiness()]).toEqual([0, 200]);
  expect(daemon!.stdout()).toContain('"disk.recovered"');
  expect(daemon!.stdout()).not.toContain('batch.retry');
}, 60_000);
