import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import { AccountSpace } from '../../../../../src/adapters/sftp/files/account-space';
import { DiskTurns } from '../../../../../src/adapters/sftp/files/disk-turns';
import { OpenWriters } from '../../../../../src/adapters/sftp/files/open-writers';
import { PacketPool } from '../../../../../src/adapters/sftp/packet-pool';
import { HandleTable } from '../../../../../src/adapters/sftp/session/handle-table';
import { SftpSession } from '../../../../../src/adapters/sftp/session/sftp-session';
import { ACCOUNT } from '../../../../support/sftp-fixture';
import { encodeRequest, framed } from '../../../../support/sftp-requests';
import { until } from '../../../../support/until';

const MEBIBYTE = 1_048_576;

/** A channel whose peer reads nothing until it is told to. */
class StuckChannel extends Duplex {
  readonly incoming = { window: MEBIBYTE, packetSize: 32_768 };
  readonly outgoing = { window: MEBIBYTE, packetSize: 32_768 };
  readonly events: string[] = [];
  sentBytes = 0;
  stuck = true;
  private waiting: (() => void) | null = null;

  override _read(): void {
    this.events.push('read');
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sentBytes += chunk.length;
    if (this.stuck) this.waiting = done;
    else done();
  }

  unstick(): void {
    this.stuck = false;
    this.waiting?.();
  }

  exit(status: number): void {
    this.events.push(`exit ${String(status)}`);
  }
}

let dir: string;
let channel: StuckChannel;
let congested: boolean;
let violations: string[];
let ended: boolean;
let session: SftpSession;
let turns: DiskTurns;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-session-'));
  mkdirSync(join(dir, 'accounts'));
  mkdirSync(join(dir, 'uploads'));
  channel = new StuckChannel();
  congested = false;
  violations = [];
  ended = false;
  turns = new DiskTurns({ inAll: 1, perAccount: 1 });
  const options = { accountsDir: join(dir, 'accounts'), uploadsDir: join(dir, 'uploads'), uploadShadowSeconds: 60 };
  const events = { heldFiles: () => [], readyFile: () => null, onArrival: () => undefined };
  session = new SftpSession(
    channel as unknown as ServerChannel,
    {
      account: ACCOUNT,
      space: new AccountSpace('lab1', options, new OpenWriters(), events, turns),
      handles: new HandleTable(64),
      handlesMax: 64,
      maxFileBytes: MEBIBYTE,
      audit: () => undefined,
      isStopping: () => false,
    },
    {
      packets: new PacketPool(MEBIBYTE, () => undefined),
      pendingMaxBytes: () => MEBIBYTE,
      unsentMaxBytes: () => 4000,
      isCongested: () => congested,
      onProgress: () => undefined,
      onHeldChange: () => undefined,
      onViolation: (reason) => violations.push(reason),
      onFault: (reason) => violations.push(reason),
      onEnd: () => {
        ended = true;
      },
    },
  );
});

afterEach(async () => {
  session.kill();
  await until(() => ended, 'the end of the session');
  rmSync(dir, { recursive: true });
});

const INIT = framed(encodeRequest({ kind: 'init', version: 3 }));
const REALPATH = framed(encodeRequest({ kind: 'realpath', id: 1, path: Buffer.from('/') }));
const flood = (bytes: number): Buffer => Buffer.concat(Array.from({ length: bytes / REALPATH.length }, () => REALPATH));

test('stops carrying out while replies are not taken, stops taking while much waits, and goes on after', async () => {
  channel.push(INIT);
  channel.push(flood(140_000));
  await until(() => channel.isPaused(), 'the pause');
  await until(() => channel.writableLength > 1000, 'replies to wait');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(channel.writableLength).toBeLessThan(2000);
  expect(channel.isPaused()).toBe(true);
  channel.unstick();
  await until(() => !channel.isPaused() && channel.writableLength === 0, 'the rest');
  expect(channel.sentBytes).toBeGreaterThan(140_000);
});

test('carries nothing out while the connection is congested', async () => {
  channel.unstick();
  congested = true;
  channel.push(INIT);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(channel.sentBytes).toBe(0);
  congested = false;
  session.wake();
  await until(() => channel.sentBytes > 0, 'the answer');
});

test('answers what was asked before the end, then exits with 0', async () => {
  channel.unstick();
  channel.push(Buffer.concat([INIT, REALPATH]));
  channel.push(null);
  await until(() => ended && channel.writableFinished, 'the end');
  expect(channel.events).toContain('exit 0');
  expect(violations).toEqual([]);
});

test('what exceeds the window is a violation, also while paused', async () => {
  congested = true;
  channel.push(flood(140_000));
  await until(() => channel.isPaused(), 'the pause');
  channel.incoming.window = -1;
  expect(channel.push(REALPATH)).toBe(false);
  expect(violations).toEqual(['more bytes were sent than the window allows']);
});

test('does not carry out what waits for the disk when the peer goes', async () => {
  channel.unstick();
  channel.push(INIT);
  await until(() => channel.sentBytes > 0, 'the answer');
  const path = join(dir, 'accounts/lab1/kept.csv');
  writeFileSync(path, '');
  let give: () => void = () => undefined;
  const taken = turns.take('other', () => new Promise<void>((resolve) => (give = resolve)));
  channel.push(framed(encodeRequest({ kind: 'remove', id: 1, path: Buffer.from('/kept.csv') })));
  await until(() => session.isCarrying(), 'the request to wait');
  session.kill();
  give();
  await taken;
  await until(() => ended, 'the end');
  expect(existsSync(path)).toBe(true);
});
