/** A marker is removed by one thread while another one gives its name to the next marker. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { dataFolders, type DataFolders } from '../../../src/adapters/spool/data-folders';
import { exists, fileIdentity } from '../../../src/adapters/spool/durable-files';
import { NameLocks } from '../../../src/adapters/spool/name-locks';
import { Fault } from '../../../src/domain/fault';
import { makeOrigin } from '../../support/make-origin';

/** Of the built program: a thread loads no TypeScript. */
const built = (name: string): string => require.resolve(`../../../dist/adapters/spool/${name}.js`);
const SEAT = 1;
const ROUNDS = 3_000;
const WORKING = 0;
const DONE = 1;

/** Clears each batch that it is told, and says so in a word of shared memory. */
const CLEARING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { createSpool } = require(workerData.spool);
  const { NameLocks } = require(workerData.locks);
  const locks = new NameLocks(workerData.names);
  const spool = createSpool(workerData.folders, (name, remove) => locks.alone(name, workerData.seat, remove));
  const words = new Int32Array(workerData.done);
  parentPort.on('message', (batch) => {
    spool.clear(batch);
    Atomics.store(words, 0, 1);
  });`;

/** Holds a name and never lets go. */
const HOLDING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { NameLocks } = require(workerData.locks);
  new NameLocks(workerData.names).alone(workerData.name, workerData.seat, () => {
    parentPort.postMessage('alone');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

describe('names that are locked', () => {
  const name = { account: 'lab', folder: 'root', name: 'X.ok' } as const;
  let home: string;
  let folders: DataFolders;
  let thread: Worker | null;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'labdrop-names-'));
    folders = dataFolders(home);
    mkdirSync(join(folders.accountsDir, 'lab'), { recursive: true });
    thread = null;
  });
  afterEach(async () => {
    await thread?.terminate();
    rmSync(home, { recursive: true, force: true });
  });

  it('leave the next marker where it is, in whatever moment it comes', async () => {
    const names = NameLocks.make();
    const done = new SharedArrayBuffer(4);
    const words = new Int32Array(done);
    const workerData = { spool: built('create-spool'), locks: built('name-locks'), names, seat: SEAT, folders, done };
    thread = new Worker(CLEARING, { eval: true, workerData });
    await once(thread, 'online');
    const locks = new NameLocks(names);
    const path = join(folders.accountsDir, 'lab', name.name);
    let gone = 0;
    for (let round = 0; round < ROUNDS; round++) {
      writeFileSync(path, '');
      const origin = makeOrigin({ account: 'lab', fileName: 'X', markerName: name.name });
      writeFileSync(`${path}.tmp`, '');
      const next = fileIdentity(`${path}.tmp`);
      Atomics.store(words, 0, WORKING);
      thread.postMessage({ ...origin, folder: 'root', markerIdentity: fileIdentity(path) });
      // Each round a little later: from before the other thread wakes up until it is done.
      const until = performance.now() + (round % 100) / 500;
      while (performance.now() < until);
      let letGo = locks.hold(name);
      while (letGo === null) letGo = locks.hold(name);
      renameSync(`${path}.tmp`, path);
      letGo();
      while (Atomics.load(words, 0) !== DONE) if (!exists(path)) gone++;
      if (fileIdentity(path) !== next) gone++;
    }
    expect(gone).toBe(0);
  });

  it('are held by several newcomers at once, and free again when all have let go', () => {
    const locks = new NameLocks(NameLocks.make(), 10);
    const letGo = [locks.hold(name), locks.hold(name)];
    expect(() => locks.alone(name, SEAT, () => 'removed')).toThrow(Fault);
    letGo[0]?.();
    expect(() => locks.alone(name, SEAT, () => 'removed')).toThrow('X.ok is being replaced for too long');
    letGo[1]?.();
    expect(locks.alone(name, SEAT, () => 'removed')).toBe('removed');
    expect(locks.hold(name)).not.toBeNull();
  });

  it('are free again when what is done with them fails', () => {
    const locks = new NameLocks(NameLocks.make());
    const fail = (): never => {
      throw new Error('no space');
    };
    expect(() => locks.alone(name, SEAT, fail)).toThrow('no space');
    expect(locks.hold(name)).not.toBeNull();
  });

  it('are freed of a thread that ended, and of no other one', async () => {
    const names = NameLocks.make();
    thread = new Worker(HOLDING, { eval: true, workerData: { locks: built('name-locks'), names, name, seat: SEAT } });
    await once(thread, 'message');
    const locks = new NameLocks(names);
    expect(locks.hold(name)).toBeNull();
    await thread.terminate();
    locks.free(SEAT + 1);
    expect(locks.hold(name)).toBeNull();
    locks.free(SEAT);
    expect(locks.hold(name)).not.toBeNull();
  });
});
