/** How many connections there are: in all, by address, and not logged in. Full is decided before any byte is read. */
import type { SftpLimits } from '../sftp-limits';
import { addressGroup } from './peer-address';

/** Which limit is reached. */
export type Fullness = 'connections' | 'address' | 'unauthenticated';

export class ConnectionCount {
  private readonly byGroup = new Map<string, number>();
  private total = 0;
  private unauthenticated = 0;

  constructor(
    private readonly limits: Pick<SftpLimits, 'connectionsMax' | 'connectionsPerAddressMax' | 'unauthenticatedMax'>,
  ) {}

  /** Counts a connection in, or says which limit leaves no room for it. */
  admit(address: string): Fullness | null {
    const { connectionsMax, connectionsPerAddressMax, unauthenticatedMax } = this.limits;
    const group = addressGroup(address);
    const fromGroup = this.byGroup.get(group) ?? 0;
    if (fromGroup >= connectionsPerAddressMax) return 'address';
    if (this.total >= connectionsMax) return 'connections';
    if (this.unauthenticated >= unauthenticatedMax) return 'unauthenticated';
    this.byGroup.set(group, fromGroup + 1);
    this.total += 1;
    this.unauthenticated += 1;
    return null;
  }

  loggedIn(): void {
    this.unauthenticated -= 1;
  }

  left(address: string, wasLoggedIn: boolean): void {
    const group = addressGroup(address);
    const remaining = (this.byGroup.get(group) ?? 1) - 1;
    if (remaining === 0) this.byGroup.delete(group);
    else this.byGroup.set(group, remaining);
    this.total -= 1;
    if (!wasLoggedIn) this.unauthenticated -= 1;
  }

  connections(): number {
    return this.total;
  }
}
