/**
 * Who may work on the disk now. Whatever may wait for the disk runs in the process's one thread pool, which serves first
 * come, first served: without turns, the requests of one account whose writes take seconds each would stand before
 * everybody else's. An account has only so many requests under way at once, all accounts together leave a thread for the
 * rest of the program, and accounts that wait get their turns one after the other. It never fails by itself.
 */
export interface DiskTurnLimits {
  /** Requests under way at once, of all accounts; at least 1. */
  readonly inAll: number;
  /** Of one account; at least 1. */
  readonly perAccount: number;
}

/** What libuv makes when it is told nothing. */
const POOL_THREADS = 4;

/**
 * @param poolThreads what UV_THREADPOOL_SIZE says: half of the pool for one account, all but one thread for all
 */
export function diskTurnLimits(poolThreads: string | undefined): DiskTurnLimits {
  const threads = Math.floor(Number(poolThreads));
  const size = threads >= 1 ? threads : POOL_THREADS;
  return { inAll: Math.max(1, size - 1), perAccount: Math.max(1, Math.floor(size / 2)) };
}

export class DiskTurns {
  private underWay = 0;
  /** An account stays in it with 0: it comes back for each of its requests. */
  private readonly underWayOf = new Map<string, number>();
  /** Accounts in the order of their next turns, each with its own requests in theirs. */
  private readonly waiting = new Map<string, (() => void)[]>();

  constructor(private readonly limits: DiskTurnLimits) {}

  /** Carries `work` out when it is the account's turn; at once when there is room. */
  async take<T>(account: string, work: () => Promise<T>): Promise<T> {
    const turn = this.enter(account);
    if (turn !== null) await turn;
    try {
      return await work();
    } finally {
      this.end(account);
    }
  }

  /** For what waits within a turn, and not for the disk: others go on meanwhile, and the turn is asked for again. */
  async lend(account: string, wait: () => Promise<void>): Promise<void> {
    this.end(account);
    try {
      await wait();
    } finally {
      await this.enter(account);
    }
  }

  /** Null when it is the account's turn at once. */
  private enter(account: string): Promise<void> | null {
    if (!this.hasRoom(account) || this.waiting.has(account)) return this.wait(account);
    this.begin(account);
    return null;
  }

  private wait(account: string): Promise<void> {
    return new Promise((begun) => {
      const others = this.waiting.get(account);
      if (others === undefined) this.waiting.set(account, [begun]);
      else others.push(begun);
    });
  }

  private begin(account: string): void {
    this.underWay += 1;
    this.underWayOf.set(account, (this.underWayOf.get(account) ?? 0) + 1);
  }

  private end(account: string): void {
    this.underWay -= 1;
    this.underWayOf.set(account, (this.underWayOf.get(account) ?? 1) - 1);
    this.passOn();
  }

  private passOn(): void {
    for (const [account, requests] of this.waiting) {
      if (!this.hasRoom(account)) continue;
      const begun = requests.shift();
      this.waiting.delete(account);
      if (requests.length > 0) this.waiting.set(account, requests);
      if (begun === undefined) continue;
      this.begin(account);
      begun();
      return;
    }
  }

  private hasRoom(account: string): boolean {
    return this.underWay < this.limits.inAll && (this.underWayOf.get(account) ?? 0) < this.limits.perAccount;
  }
}
