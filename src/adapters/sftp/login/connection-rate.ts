/**
 * How fast an address (IPv6: a /64) opens connections: a bucket that holds a minute's worth and fills evenly. Bounded
 * in number, the oldest go first. Pure: the clock comes in.
 */
import { addressGroup } from './peer-address';

interface Bucket {
  readonly left: number;
  readonly at: number;
}

const MINUTE_MS = 60_000;
const BUCKETS_MAX = 10_000;

export class ConnectionRate {
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds, rising */
  constructor(
    private readonly perMinuteMax: number,
    private readonly now: () => number,
  ) {}

  /** Counts one more; false when it is one too many. */
  admit(address: string): boolean {
    const group = addressGroup(address);
    const now = this.now();
    const bucket = this.buckets.get(group);
    const filled = bucket === undefined ? 0 : ((now - bucket.at) / MINUTE_MS) * this.perMinuteMax;
    const left = Math.min(this.perMinuteMax, (bucket?.left ?? this.perMinuteMax) + filled);
    const admitted = left >= 1;
    this.buckets.delete(group);
    this.buckets.set(group, { left: admitted ? left - 1 : left, at: now });
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > BUCKETS_MAX && oldest !== undefined) this.buckets.delete(oldest);
    return admitted;
  }
}
