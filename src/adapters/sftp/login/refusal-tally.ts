/**
 * Keeps a flood of refused connections from becoming a flood of log lines: of each address the first one is told, then
 * one every so often, with how many there were. Bounded in number. Pure: the clock comes in.
 */
import { addressGroup } from './peer-address';

interface Tally {
  readonly toldAt: number;
  readonly untold: number;
}

const INTERVAL_MS = 10_000;
const TALLIES_MAX = 1_000;

export class RefusalTally {
  private readonly tallies = new Map<string, Tally>();

  /** @param now milliseconds, rising */
  constructor(private readonly now: () => number) {}

  /** How many refusals this one stands for; null when it is not to be told. */
  count(address: string): number | null {
    const group = addressGroup(address);
    const tally = this.tallies.get(group);
    const now = this.now();
    if (tally !== undefined && now - tally.toldAt < INTERVAL_MS) {
      this.tallies.set(group, { ...tally, untold: tally.untold + 1 });
      return null;
    }
    this.tallies.delete(group);
    this.tallies.set(group, { toldAt: now, untold: 0 });
    const [oldest] = this.tallies.keys();
    if (this.tallies.size > TALLIES_MAX && oldest !== undefined) this.tallies.delete(oldest);
    return (tally?.untold ?? 0) + 1;
  }
}
