/**
 * How many bytes all connections together hold for their peers: requests that wait, replies that wait, and what lies
 * in the sockets. Above half of the limit each gets an even share only, and takes nothing more from its peer until it
 * is below it; who is above it all the same, as it reads no replies, is found by `heaviest`. Pure.
 */
export interface MemoryHolder {
  readonly account: string;
  readonly bytes: number;
}

const SHARE_MIN_BYTES = 262_144;

export class MemoryBudget<Owner> {
  private readonly holders = new Map<Owner, MemoryHolder>();
  private held = 0;

  constructor(private readonly maxBytes: number) {}

  total(): number {
    return this.held;
  }

  /** What one connection may hold now, in bytes. */
  share(): number {
    if (this.held <= this.maxBytes / 2) return Infinity;
    return Math.max(SHARE_MIN_BYTES, this.maxBytes / 2 / this.holders.size);
  }

  isExceeded(): boolean {
    return this.held > this.maxBytes;
  }

  /** What an owner holds from now on; 0 forgets it. */
  report(owner: Owner, account: string, bytes: number): void {
    this.held += bytes - (this.holders.get(owner)?.bytes ?? 0);
    if (bytes === 0) this.holders.delete(owner);
    else this.holders.set(owner, { account, bytes });
  }

  /** The largest holding of the account that holds most: nobody pays for another account's greed. */
  heaviest(): Owner | null {
    const byAccount = new Map<string, number>();
    for (const { account, bytes } of this.holders.values()) {
      byAccount.set(account, (byAccount.get(account) ?? 0) + bytes);
    }
    let found: Owner | null = null;
    let most = { ofAccount: 0, own: 0 };
    for (const [owner, { account, bytes: own }] of this.holders) {
      const ofAccount = byAccount.get(account) ?? 0;
      if (ofAccount < most.ofAccount || (ofAccount === most.ofAccount && own <= most.own)) continue;
      found = owner;
      most = { ofAccount, own };
    }
    return found;
  }
}
