/**
 * Addresses that may not connect for a while. Offences add points to an address (IPv6: to its /64), points leak away
 * over the window, and an address that reaches the threshold is banned, each time twice as long as before. Both tables
 * are bounded, so that an attacker with many addresses fills no memory; the oldest entries go first. Nothing is kept
 * over a restart. Pure: the clock comes in.
 */
import { addressGroup, isInNetworks } from './peer-address';

export interface BanRules {
  /** Points that ban; null bans nobody. */
  readonly threshold: number | null;
  /** Time in which as many points as the threshold leak away, in milliseconds. */
  readonly windowMs: number;
  /** The first ban, in milliseconds; each further one takes twice as long as the one before. */
  readonly banMs: number;
  /** The longest ban, in milliseconds; an address that keeps quiet as long after a ban starts anew. */
  readonly banMaxMs: number;
  /** Addresses and networks (CIDR) that are never banned nor slowed down. */
  readonly exempt: readonly string[];
}

/** What a connection did, and what it costs. */
export const OFFENCE_POINTS = {
  /** It ended without a login: a scanner, silence, a handshake that came to nothing. */
  noLogin: 1,
  /** A key that the account does not have, or a method that is not served. */
  refusedLogin: 1,
  unknownAccount: 2,
  tooManyTries: 3,
  /** A client that had logged in broke the protocol. */
  violation: 5,
} as const;
export type Offence = keyof typeof OFFENCE_POINTS;

export interface Ban {
  /** The address, or an IPv6 /64. */
  readonly address: string;
  /** On the clock of `now`. */
  readonly until: number;
  /** How many bans there were, this one among them. */
  readonly count: number;
  /** Connections refused since. */
  readonly refused: number;
}

interface Score {
  readonly points: number;
  readonly at: number;
}

const ENTRIES_MAX = 10_000;

export class BanList {
  private readonly scores = new Map<string, Score>();
  /** Also those that have run out, for as long as they make the next one longer. */
  private readonly bans = new Map<string, Ban>();

  /** @param now milliseconds, rising */
  constructor(
    private rules: BanRules,
    private readonly now: () => number,
  ) {}

  /** New rules for what comes; bans that stand stay. */
  configure(rules: BanRules): void {
    this.rules = rules;
  }

  isExempt(address: string): boolean {
    return isInNetworks(address, this.rules.exempt);
  }

  /** The ban that stands against an address, counting one more refusal; null when it may connect. */
  refuse(address: string): Ban | null {
    const group = addressGroup(address);
    const ban = this.bans.get(group);
    if (ban === undefined || ban.until <= this.now() || this.isExempt(address)) return null;
    const refused = { ...ban, refused: ban.refused + 1 };
    this.bans.set(group, refused);
    return refused;
  }

  /** Counts an offence. The ban that it leads to, if it does. */
  offend(address: string, offence: Offence): Ban | null {
    const { threshold, windowMs } = this.rules;
    if (threshold === null || this.isExempt(address)) return null;
    const group = addressGroup(address);
    const now = this.now();
    const last = this.scores.get(group);
    const left = last === undefined ? 0 : Math.max(0, last.points - ((now - last.at) / windowMs) * threshold);
    const points = left + OFFENCE_POINTS[offence];
    this.scores.delete(group);
    if (points >= threshold) return this.ban(group, now);
    this.scores.set(group, { points, at: now });
    dropOldest(this.scores);
    return null;
  }

  /** Ends a ban and forgets what led to it. False when there was none. */
  lift(address: string): boolean {
    const group = addressGroup(address.replace(/\/64$/, ''));
    const stood = (this.bans.get(group)?.until ?? 0) > this.now();
    this.scores.delete(group);
    this.bans.delete(group);
    return stood;
  }

  /** Bans that stand, the youngest last. */
  list(): readonly Ban[] {
    const now = this.now();
    return [...this.bans.values()].filter(({ until }) => until > now);
  }

  private ban(group: string, now: number): Ban {
    const { banMs, banMaxMs } = this.rules;
    const before = this.bans.get(group);
    const count = before === undefined || before.until + banMaxMs < now ? 1 : before.count + 1;
    const ban = { address: group, until: now + Math.min(banMs * 2 ** (count - 1), banMaxMs), count, refused: 0 };
    this.bans.delete(group);
    this.bans.set(group, ban);
    dropOldest(this.bans);
    return ban;
  }
}

function dropOldest(entries: Map<string, unknown>): void {
  const [oldest] = entries.keys();
  if (entries.size > ENTRIES_MAX && oldest !== undefined) entries.delete(oldest);
}
