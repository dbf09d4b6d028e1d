import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireInstanceLock, findInstanceHolder } from '../../../src/adapters/sqlite/instance-lock';
import { Fault } from '../../../src/domain/fault';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let folders = 0;
let dataDir: string;
beforeEach(() => {
  dataDir = join(dir, String(++folders));
  mkdirSync(dataDir);
});

const driver = require.resolve('better-sqlite3');
/** Another process that tries to take the lock, and is killed if told so. */
const other = (then: string): string =>
  `const db = new (require(${JSON.stringify(driver)}))(${JSON.stringify(join(dataDir, 'labdrop.lock'))}, { timeout: 0 });
  db.exec('BEGIN EXCLUSIVE'); ${then}`;

test('a second daemon is refused and told who holds the folder', () => {
  const lock = acquireInstanceLock(dataDir);
  const refusal = faultOf(() => acquireInstanceLock(dataDir));
  expect([refusal?.code, refusal?.retryable]).toEqual(['S902', false]);
  expect(refusal?.message).toContain(`process ${process.pid} since 20`);
  expect(spawnSync(process.execPath, ['-e', other('')]).stderr.toString()).toContain('database is locked');
  lock.release();
  acquireInstanceLock(dataDir).release();
});

test('who holds it can be asked without disturbing', () => {
  expect(findInstanceHolder(dataDir)).toBeNull();
  const lock = acquireInstanceLock(dataDir);
  expect(findInstanceHolder(dataDir)).toMatchObject({ pid: process.pid });
  expect(findInstanceHolder(dataDir)?.since).toMatch(/^\d{4}-.*Z$/);
  expect(() => acquireInstanceLock(dataDir)).toThrow('in use');
  lock.release();
  expect(findInstanceHolder(dataDir)).toBeNull();
});

test('the lock of a killed process is gone with it', () => {
  writeFileSync(join(dataDir, 'labdrop.lock.json'), '{"pid":1,"since":"2021"}');
  expect(() => execFileSync(process.execPath, ['-e', other("process.kill(process.pid, 'SIGKILL')")])).toThrow();
  expect(findInstanceHolder(dataDir)).toBeNull();
  acquireInstanceLock(dataDir).release();
});

test('a holder whose name cannot be read still holds', () => {
  const lock = acquireInstanceLock(dataDir);
  writeFileSync(join(dataDir, 'labdrop.lock.json'), '');
  expect(findInstanceHolder(dataDir)?.pid).toBe(0);
  lock.release();
});

test('a folder that is not there is a fault', () => {
  expect(faultOf(() => acquireInstanceLock(join(dataDir, 'none')))).toBeInstanceOf(Fault);
  expect(findInstanceHolder(join(dataDir, 'none'))).toBeNull();
});

function faultOf(action: () => unknown): Fault | null {
  try {
    action();
  } catch (error) {
    return error instanceof Fault ? error : null;
  }
  return null;
}
