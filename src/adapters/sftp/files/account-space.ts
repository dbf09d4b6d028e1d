/** What all sessions of one account share: its folders, its usage and what it uploaded lately. */
import type { HeldFile, SftpEvents } from '../sftp-events';
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
    readonly events: Pick<SftpEvents, 'heldFiles' | 'readyFile' | 'holdName' | 'onArrival' | 'refuseUploads'>,
    private readonly turns: DiskTurns,
  ) {
    this.folders = new AccountFolders(options.accountsDir, options.uploadsDir, account);
    this.usage = new AccountUsage(this.folders, () => events.refuseUploads?.() ?? null);
    this.shadow = new UploadShadow(
      options.uploadShadowSeconds * 1000,
      () => performance.now(),
      (key) => this.isInHand(key),
    );
  }

  /** Does what may wait for the disk when it is this account's turn; it must ask for no turn itself. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take(this.account, work);
  }

  /** Within a turn: waits for something that is not the disk, and lets others have the turn meanwhile. */
  outOfTurn(wait: () => Promise<void>): Promise<void> {
    return this.turns.lend(this.account, wait);
  }

  /** Name under which the file is known to `writers` and `shadow`. */
  key(folder: DropFolder, name: string): string {
    return OpenWriters.key(this.account, folder, name);
  }

  heldFiles(folder: DropFolder, name: string): readonly HeldFile[] {
    return this.events.heldFiles(this.account, folder, name);
  }

  readyFile(folder: DropFolder, name: string): string | null {
    return this.events.readyFile(this.account, folder, name);
  }

  /** Null while a file of this name is being removed; else what lets go of the name again. */
  holdName(folder: DropFolder, name: string): (() => void) | null {
    const { events, account } = this;
    return events.holdName === undefined ? () => undefined : events.holdName(account, folder, name);
  }

  private isInHand(key: string): boolean {
    const [, folder, name] = key.split('/');
    if ((folder !== 'root' && folder !== 'test') || name === undefined) return false;
    return this.heldFiles(folder, name).some(({ isGone }) => isGone);
  }
}
