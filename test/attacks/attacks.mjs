/**
 * The attacks, each as a function that begins it and returns when its peers are cut (`ends`), or null for one whose
 * peers are served on, if slowly. `limit` names what cuts them where it is no rule of the protocol; `slow` the partial
 * uploads that the disk is slow to write meanwhile.
 */
import {
  counted,
  flood,
  IDENT,
  INIT,
  kexInit,
  knock,
  logIn,
  MEBIBYTE,
  open,
  openChannel,
  packet,
  READ,
  realpath,
  severed,
  sshPacket,
  uint32,
  WRITE_NEW,
} from './peer.mjs';

const times = (count, make) => Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const allClosed = (peers) => Promise.all(peers.map(({ closed }) => closed));
/** More uploads at once than the daemon has threads for. */
const FLOODED = Array.from({ length: 12 }, (_, index) => `flood${index}`);
const LENGTHS = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

async function sockets(count, port, chunksOf) {
  return { ends: allClosed(await times(count, (index) => knock(port, ...chunksOf(index)))) };
}

/** Peers that have logged in, each with a channel on which `act` sends what it likes. */
async function peers(count, target, act, channelOptions, user = 'attacker') {
  const all = await times(count, () => logIn(target, user));
  await Promise.all(
    all.map(async ({ client, closed }, index) => {
      const channel = await Promise.race([openChannel(client, channelOptions).catch(() => null), closed]);
      if (channel) await act(channel, index, client);
    }),
  );
  return { ends: allClosed(all) };
}

export const ATTACKS = {
  'silence after connect': {
    limit: 'login grace',
    begin: ({ port }) => sockets(300, port, () => []),
  },
  'half handshakes': {
    limit: 'login grace',
    begin: ({ port }) => sockets(300, port, () => [IDENT, kexInit()]),
  },
  'identification without end': {
    begin: ({ port }) => sockets(50, port, () => ['SSH-2.0-', Buffer.alloc(65_536, 'x')]),
  },
  'lengths at the edges, before login': {
    begin: ({ port }) =>
      sockets(50, port, (index) => [IDENT, uint32(LENGTHS[index % LENGTHS.length]), Buffer.alloc(64)]),
  },
  'unknown packets, before login': {
    limit: 'login grace',
    begin: ({ port }) => {
      const unknown = Buffer.concat(Array.from({ length: 2_000 }, () => sshPacket(Buffer.of(77))));
      return sockets(50, port, () => [IDENT, kexInit(), unknown]);
    },
  },
  'maximum packet size 0': {
    begin: (target) => peers(8, target, (channel) => channel.write(INIT), { packetBytes: 0 }),
  },
  'zero window and a flood of requests': {
    limit: 'idle limit',
    begin: (target) => {
      const requests = Buffer.concat(Array.from({ length: 1_000 }, (_, id) => realpath(id)));
      const act = (channel) => {
        channel.write(INIT);
        void flood(channel, requests, 24 * MEBIBYTE);
      };
      return peers(8, target, act, { window: 0 });
    },
  },
  'much is asked for and never read': {
    limit: 'idle limit',
    begin: async (target) => {
      const { client } = await logIn(target, 'attacker');
      const sftp = await new Promise((done, failed) =>
        client.sftp((error, opened) => (error ? failed(error) : done(opened))),
      );
      await new Promise((done) => sftp.writeFile('/large', Buffer.alloc(4 * MEBIBYTE), done));
      client.end();
      const read = packet(5, uint32(2), counted(uint32(1)), Buffer.alloc(8), uint32(261_120));
      const cut = [];
      const act = (channel, _, reader) => {
        channel.write(Buffer.concat([INIT, open(1, '/large', READ)]));
        reader._sock.pause();
        channel.write(Buffer.concat(Array.from({ length: 3_000 }, () => read)));
        cut.push(severed(reader._sock));
      };
      await peers(8, target, act, { window: 0xffff_ffff });
      return { ends: Promise.all(cut) };
    },
  },
  'write flood against a slow disk': {
    slow: FLOODED.map((name) => `slow/root/${name}`),
    begin: async (target) => {
      const write = packet(6, uint32(2), counted(uint32(1)), Buffer.alloc(8), counted(Buffer.alloc(32_000, 7)));
      const act = (channel, index) => {
        channel.resume();
        channel.write(Buffer.concat([INIT, open(1, `/${FLOODED[index]}`, WRITE_NEW)]));
        void flood(channel, write, 64 * MEBIBYTE);
      };
      await peers(FLOODED.length, target, act, {}, 'slow');
      return { ends: null };
    },
  },
  'data beyond the window': {
    begin: (target) => {
      const requests = Buffer.concat(Array.from({ length: 20_000 }, (_, id) => realpath(id)));
      const act = (channel) => {
        channel.write(INIT);
        void flood(channel, requests, 24 * MEBIBYTE);
      };
      return peers(4, target, act, { window: 0, mindWindow: false });
    },
  },
  'lengths at the edges, after login': {
    begin: (target) => {
      const act = (channel, index) => {
        const length = [0, 1_000_000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff][index % 5];
        const string = packet(17, uint32(1), uint32(length));
        channel.write(Buffer.concat([INIT, index < 5 ? uint32(length) : string]));
        channel.write(Buffer.alloc(64));
      };
      return peers(10, target, act);
    },
  },
  'malformed INIT': {
    begin: (target) => {
      const starts = [packet(1, Buffer.of(0)), Buffer.concat([INIT, INIT]), realpath(1), packet(2, uint32(3))];
      return peers(8, target, (channel, index) => channel.write(starts[index % starts.length]));
    },
  },
  'unknown packets, after login': {
    begin: async (target) => {
      const unknown = Buffer.concat(Array.from({ length: 1_000 }, (_, id) => packet(200, uint32(id))));
      const act = (channel) => {
        channel.resume();
        channel.write(INIT);
        void flood(channel, unknown, 4 * MEBIBYTE);
      };
      await peers(4, target, act);
      return { ends: null };
    },
  },
  'thousands of opens': {
    begin: (target) => {
      const act = (channel) => {
        channel.resume();
        channel.write(INIT);
        for (let id = 0; id < 5_000; id += 1) channel.write(open(id, `/o${id}`, WRITE_NEW));
      };
      return peers(4, target, act);
    },
  },
  'thousands of channels': {
    begin: async (target) => {
      const all = await times(4, () => logIn(target, 'attacker'));
      const ask = ({ client }) => {
        for (let channel = 0; channel < 3_000; channel += 1) client.subsys('sftp', () => undefined);
      };
      for (const peer of all) {
        try {
          ask(peer);
        } catch {
          // ssh2 throws once the connection is cut
        }
      }
      return { ends: allClosed(all) };
    },
  },
};
