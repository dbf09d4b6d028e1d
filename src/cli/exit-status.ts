/** What the process tells its caller when it ends. */
export const EXIT = {
  done: 0,
  /** The data has errors. */
  dataErrors: 1,
  /** Wrong usage, or input that cannot be read. */
  usage: 2,
  /** Our own failure. */
  fault: 70,
  /** The configuration is not right. */
  config: 78,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
