import { describeListenProblem } from '../../../../src/adapters/sftp/listen-problem';

test.each([
  ['EADDRINUSE', /^cannot listen on 127\.0\.0\.1 port 22: another program does .* 'sport = :22' shows which$/],
  ['EADDRNOTAVAIL', /no interface of this machine has that address .*; correct sftp\.host$/],
  ['EACCES', /take one from 1024 up, or have systemd open it: labdrop\.socket$/],
  ['ENOTFOUND', /^cannot listen on 127\.0\.0\.1 port 22: as Node says it$/],
])('tells what to do about %s', (code, expected) => {
  const error = Object.assign(new Error('as Node says it'), { code });
  expect(describeListenProblem('127.0.0.1', 22, error)).toMatch(expected);
});
