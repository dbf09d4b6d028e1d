import { readPassedSockets } from '../../../../src/adapters/systemd/read-passed-sockets';

const PID = 42;

it.each([
  ['nothing passed', {}, null, null],
  ['one, without a name', { LISTEN_PID: '42', LISTEN_FDS: '1' }, 3, null],
  ['one, named after its unit', { LISTEN_PID: '42', LISTEN_FDS: '1', LISTEN_FDNAMES: 'labdrop.socket' }, 3, null],
  ['both, in either order', { LISTEN_PID: '42', LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:sftp' }, 4, 3],
  ['health and metrics alone', { LISTEN_PID: '42', LISTEN_FDS: '1', LISTEN_FDNAMES: 'http' }, null, 3],
  ['for another process', { LISTEN_PID: '41', LISTEN_FDS: '1' }, null, null],
  ['for nobody', { LISTEN_FDS: '1' }, null, null],
  ['not a number', { LISTEN_PID: '42', LISTEN_FDS: 'x' }, null, null],
])('%s', (_what, env, sftp, http) => {
  expect(readPassedSockets(env, PID)).toEqual({ sftp, http });
});
