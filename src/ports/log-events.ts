/**
 * The names of all events a log line can carry, and what each says. Alert rules and scripts match on them: a name is
 * never reused and never changes its meaning.
 */
const table = {
  'daemon.start': 'The process begins to start; version and data folder',
  'daemon.ready': 'The port listens, recovery is done',
  'daemon.reload': 'Configuration, accounts, schemas and value sets were read again and are in force',
  'daemon.reload-refused': 'What was read again is not right; what was in force stays',
  'daemon.drain': 'Asked to stop: no new connections, work at hand is finished',
  'daemon.stop': 'The process ends',
  'account.problem': 'An account file cannot be used; that account is disabled until it is mended',
  'catalogue.load': 'Schemas and value sets were read',
  'sftp.listen': 'The SFTP port is open',
  'sftp.connect': 'A client connected',
  'sftp.login': 'A login succeeded',
  'sftp.login-refused': 'A login was refused; the reason is for the operator only',
  'sftp.transfer': 'A file was uploaded or downloaded, completely or in part',
  'sftp.rename': 'A client renamed a file',
  'sftp.remove': 'A client removed a file',
  'sftp.refuse': 'A request was refused',
  'sftp.ban': 'An address may not connect for a while',
  'sftp.ban-lifted': 'An operator ended a ban',
  'sftp.host-key-exposed':
    'Others than its owner can use a host key in the data folder; `labdrop check` tells what to do',
  'sftp.partial-cleared': 'A partial upload that nobody continued was taken away',
  'sftp.disconnect': 'A connection ended',
  'disk.low': 'Free space is below the reserve: uploads are refused until there is more',
  'disk.recovered': 'There is room again: uploads are taken',
  'inbox.scan': 'All drop folders were listed',
  'batch.done': 'The batch is archived; counts and outcome',
  'batch.withdraw': 'The sender cancelled a batch, or its file is gone',
  'batch.retry': 'A step failed with a fault and will be tried again',
  'batch.part': 'A step of several small batches failed with a fault; each of them went on alone',
  'batch.leave': 'A batch in work was left where it stands, as the daemon stops; its next start goes on with it',
  'batch.quarantine': 'A batch was set aside for the operator',
  'leftover.remove': 'An empty folder that belonged to no batch was removed at the start',
  'store.copy': 'The store was copied, as its tables are about to change: path, versions from and to',
  'http.listen': 'The port for health and metrics is open',
  'http.unavailable': 'The port for health and metrics is not to be had; the intake goes on without it',
  'service.unreachable': 'The service manager cannot be told how the daemon is',
  fault: 'Our own failure: disk, store or an internal error',
} as const satisfies Record<string, string>;

export type LogEvent = keyof typeof table;

export const LOG_EVENTS: Readonly<Record<LogEvent, string>> = table;
