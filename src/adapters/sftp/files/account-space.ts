/** What all sessions of one account share: its folders, its usage and what it uploaded lately. */
import type { SftpEvents } from '../sftp-events';
import { AccountFolders } from './account-folders';
import { AccountUsage } from './account-usage';
import type { DiskTurns } from './disk-turns';
import { OpenWriters } from './open-writers';
import type { DropFolder } from './resolve-path';
import { UploadShadow } from './upload-shadow';

export interface AccountSpaceOptions {
  readonly accountsDir: string;
  readonly uploadsDir: string;
  readonly uploadShadowSeconds: number;
}

export class AccountSpace {
  readonly folders: AccountFolders;
  readonly usage: AccountUsage;
  readonly shadow: UploadShadow;

  constructor(
    readonly account: string,
    options: AccountSpaceOptions,
    readonly writers: OpenWriters,
    readonly events: Pick<SftpEvents, 'isClaimed' | 'onArrival' | 'refuseUploads'>,
    private readonly turns: DiskTurns,
  ) {
    this.folders = new AccountFolders(options.accountsDir, options.uploadsDir, account);
    this.usage = new AccountUsage(this.folders, () => events.refuseUploads?.() ?? null);
    this.shadow = new UploadShadow(
      options.uploadShadowSeconds * 1000,
      () => performance.now(),
      (key) => this.isClaimedKey(key),
    );
  }

  /** Does what may wait for the disk when it is this account's turn; it must ask for no turn itself. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take(this.account, work);
  }

  /** Name under which the file is known to `writers` and `shadow`. */
  key(folder: DropFolder, name: string): string {
    return OpenWriters.key(this.account, folder, name);
  }

  isClaimed(folder: DropFolder, name: string): boolean {
    return this.events.isClaimed(this.account, folder, name);
  }

  private isClaimedKey(key: string): boolean {
    const [, folder, name] = key.split('/');
    return (folder === 'root' || folder === 'test') && name !== undefined && this.isClaimed(folder, name);
  }
}
