/**
 * Numbers of SFTP version 3 as they stand on the wire.
 * @see draft-ietf-secsh-filexfer-02, sections 3, 5, 6.3 and 7
 */
export const PROTOCOL_VERSION = 3;

export const PACKET = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 200,
  EXTENDED_REPLY: 201,
} as const;

/** Status codes of version 3. Later ones (9 and up) make old clients hang, so there are none. */
export const STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  NO_CONNECTION: 6,
  CONNECTION_LOST: 7,
  OP_UNSUPPORTED: 8,
} as const;
export type StatusCode = (typeof STATUS)[keyof typeof STATUS];

/** Flags of OPEN. */
export const OPEN_FLAG = { READ: 1, WRITE: 2, APPEND: 4, CREAT: 8, TRUNC: 16, EXCL: 32 } as const;

/** Flags that say which attributes follow. */
export const ATTRIBUTE_FLAG = {
  SIZE: 0x1,
  UIDGID: 0x2,
  PERMISSIONS: 0x4,
  ACMODTIME: 0x8,
  EXTENDED: 0x80000000,
} as const;

/** Names of the extensions that VERSION announces, all with the version string beside them. */
export const EXTENSION = {
  POSIX_RENAME: 'posix-rename@openssh.com',
  STATVFS: 'statvfs@openssh.com',
  FSYNC: 'fsync@openssh.com',
  LIMITS: 'limits@openssh.com',
} as const;

/** Most bytes that one WRITE or one READ may carry, as `limits@openssh.com` tells: OpenSSH's own figure. */
export const TRANSFER_MAX_BYTES = 261_120;

/** Longest packet that `limits@openssh.com` tells clients of. */
export const PACKET_ANNOUNCED_BYTES = 262_144;

/** Longest packet taken: some clients put 256 KiB of content into one, besides its other members. */
export const PACKET_MAX_BYTES = PACKET_ANNOUNCED_BYTES + 1_024;
