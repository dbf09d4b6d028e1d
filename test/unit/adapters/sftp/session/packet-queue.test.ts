import { PacketQueue } from '../../../../../src/adapters/sftp/session/packet-queue';

test('packets come out in the order in which they went in, however many there are', () => {
  const queue = new PacketQueue();
  const taken: number[] = [];
  const take = (): void => {
    const next = queue.peek();
    expect(queue.shift()).toBe(next);
    if (next !== undefined) taken.push(next.readUInt32BE());
  };
  for (let number = 0; number < 10_000; number += 1) {
    const packet = Buffer.alloc(4);
    packet.writeUInt32BE(number);
    queue.push(packet);
    if (number % 3 === 0) take();
  }
  expect(queue.length).toBe(10_000 - taken.length);
  while (queue.length > 0) take();
  expect(taken).toEqual(Array.from({ length: 10_000 }, (_, number) => number));
  expect([queue.peek(), queue.shift(), queue.length]).toEqual([undefined, undefined, 0]);
});
