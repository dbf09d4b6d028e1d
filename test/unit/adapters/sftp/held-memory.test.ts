import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { HeldMemory } from '../../../../src/adapters/sftp/held-memory';
import { MemoryBudget } from '../../../../src/adapters/sftp/memory-budget';
import type { SessionGate } from '../../../../src/adapters/sftp/session-gate';

const MAX_BYTES = 1_000_000;

/** A socket whose peer takes nothing until `take`. */
function watch(): {
  memory: HeldMemory<string>;
  budget: MemoryBudget<string>;
  socket: Socket;
  gate: { held: number; blocked: boolean; works: boolean };
  told: string[];
  take: () => void;
} {
  let taken: (() => void) | null = null;
  let isTaking = false;
  const take = (): void => {
    isTaking = true;
    taken?.();
  };
  const told: string[] = [];
  const stream = new Writable({
    write: (_chunk, _encoding, done) => {
      taken = done;
      if (isTaking) done();
    },
  });
  const pauses = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  const socket = Object.assign(stream, pauses) as unknown as Socket;
  const gate = { held: 0, blocked: false, works: false };
  const budget = new MemoryBudget<string>(MAX_BYTES);
  const memory = new HeldMemory<string>({
    ...{ owner: 'peer', budget, socket, accountName: () => 'lab', heldBackPackets: () => 0 },
    gate: {
      heldBytes: () => gate.held,
      isBlocked: () => gate.blocked,
      hasWork: () => gate.works,
    } as unknown as SessionGate,
    onDrained: () => told.push('drained'),
    onExceeded: () => told.push('exceeded'),
  });
  return { memory, budget, socket, gate, told, take };
}

test('many small answers that nobody takes weigh what they cost, and are told when something comes', async () => {
  const { budget, socket, told, take, memory } = watch();
  for (let count = 0; count < 3_000; count += 1) socket.write(Buffer.alloc(36));
  expect(memory.unsentBytes()).toBeGreaterThan(MAX_BYTES);
  expect(told).toEqual([]);
  socket.emit('data', Buffer.alloc(1));
  expect(budget.total()).toBe(memory.unsentBytes());
  expect(told).toEqual(['exceeded']);
  take();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['exceeded', 'drained']);
  expect(memory.unsentBytes()).toBe(0);
});

test('above its share a peer is not heard while there is work, unless only it can bring that on', () => {
  const { memory, budget, gate, told } = watch();
  budget.report('another', 'other', MAX_BYTES / 2);
  Object.assign(gate, { held: 300_000, works: true });
  memory.settle();
  expect(told).toEqual(['pause']);
  gate.blocked = true;
  memory.settle();
  expect(told).toEqual(['pause', 'resume']);
  gate.blocked = false;
  memory.settle();
  Object.assign(gate, { held: 100_000 });
  memory.settle();
  expect(told).toEqual(['pause', 'resume', 'pause', 'resume']);
});

test('nothing is held for who is gone', () => {
  const { memory, budget, gate } = watch();
  gate.held = 1000;
  memory.settle();
  expect(budget.total()).toBe(1000);
  memory.release();
  expect(budget.total()).toBe(0);
  memory.settle();
  expect(budget.total()).toBe(0);
});
