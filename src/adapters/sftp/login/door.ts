/**
 * Decides at TCP accept who comes in: bans, the rate of each address, and room. When there is no room, the connection
 * that has come least far with its login makes some: those who only hold a place are not those who log in. It also
 * keeps what connections did to be held against their addresses.
 */
import type { SftpAuditEvent } from '../sftp-audit';
import type { SftpLimits } from '../sftp-limits';
import { BanList, type Ban, type BanRules, type Offence } from './ban-list';
import { ConnectionCount, type Fullness } from './connection-count';
import { ConnectionRate } from './connection-rate';
import { addressGroup } from './peer-address';
import { RefusalTally } from './refusal-tally';

/** Somebody who is in already. */
export interface Guest {
  readonly address: string;
  /** How far it has come: the lower, the sooner it makes room. Null once it has logged in: then it stays. */
  progress(): number | null;
  cut(reason: string): void;
}

export interface DoorOptions<G extends Guest> {
  readonly limits: SftpLimits;
  readonly bans: BanRules;
  /** In the order of their coming. */
  readonly guests: () => Iterable<G>;
  readonly isStopping: () => boolean;
  /** Milliseconds, rising: no step of the system's clock changes who may connect. */
  readonly now: () => number;
  /** The system's clock, milliseconds since 1970: what people are told. */
  readonly wallClock: () => number;
  readonly audit: (event: SftpAuditEvent) => void;
}

const FULL: Readonly<Record<Fullness, string>> = {
  address: 'too many connections from this address',
  connections: 'too many connections',
  unauthenticated: 'too many connections that have not logged in',
};

export class Door<G extends Guest> {
  private readonly count: ConnectionCount;
  private readonly rate: ConnectionRate;
  private readonly bans: BanList;
  private readonly tally: RefusalTally;
  /** Guests that are counted out though their sockets are not closed yet. */
  private readonly gone = new WeakSet<G>();

  constructor(private readonly options: DoorOptions<G>) {
    const { limits, now, bans } = options;
    this.count = new ConnectionCount(limits);
    this.rate = new ConnectionRate(limits.newConnectionsPerMinuteMax, now);
    this.bans = new BanList(bans, now);
    this.tally = new RefusalTally(now);
  }

  /** Counts a connection in; false when it is refused, which is told then. */
  admit(address: string, connection: number): boolean {
    const reason = this.refusal(address);
    if (reason === null) return true;
    const times = this.tally.count(address);
    if (times !== null) {
      this.options.audit({
        ...{ event: 'refusal', connection, address, account: null, operation: 'connect', path: null, reason, times },
      });
    }
    return false;
  }

  loggedIn(): void {
    this.count.loggedIn();
  }

  /** Counts a guest out, and holds its offence against its address. */
  leave(guest: G, connection: number, end: { wasLoggedIn: boolean; offence: Offence | null }): void {
    const { address } = guest;
    if (!this.gone.has(guest)) this.count.left(address, end.wasLoggedIn);
    if (end.offence === null || this.options.isStopping()) return;
    const ban = this.bans.offend(address, end.offence);
    if (ban === null) return;
    const seconds = Math.round((ban.until - this.options.now()) / 1000);
    this.options.audit({ event: 'ban', connection, address, network: ban.address, seconds, count: ban.count });
  }

  connections(): number {
    return this.count.connections();
  }

  /** Their ends on the system's clock. */
  standingBans(): readonly Ban[] {
    return this.bans.list().map((ban) => ({ ...ban, until: this.onWallClock(ban.until) }));
  }

  lift(address: string): boolean {
    return this.bans.lift(address);
  }

  configureBans(rules: BanRules): void {
    this.bans.configure(rules);
  }

  private refusal(address: string): string | null {
    if (this.options.isStopping()) return 'the server is stopping';
    const ban = this.bans.refuse(address);
    if (ban !== null) return `banned until ${new Date(this.onWallClock(ban.until)).toISOString()}`;
    if (!this.bans.isExempt(address) && !this.rate.admit(address)) return 'new connections too fast';
    let full = this.count.admit(address);
    if (full !== null && this.makeRoom(full, address)) full = this.count.admit(address);
    return full === null ? null : FULL[full];
  }

  /** To the second: the two clocks are not read in the same moment. */
  private onWallClock(until: number): number {
    const { now, wallClock } = this.options;
    return Math.round((wallClock() + until - now()) / 1000) * 1000;
  }

  /** The first of those that have come least far goes. */
  private makeRoom(full: Fullness, address: string): boolean {
    const group = addressGroup(address);
    let found: G | null = null;
    let least = Infinity;
    for (const guest of this.options.guests()) {
      const progress = guest.progress();
      if (progress === null || progress >= least || this.gone.has(guest)) continue;
      if (full === 'address' && addressGroup(guest.address) !== group) continue;
      found = guest;
      least = progress;
    }
    if (found === null) return false;
    this.gone.add(found);
    this.count.left(found.address, false);
    found.cut('made room for another connection before it had logged in');
    return true;
  }
}
