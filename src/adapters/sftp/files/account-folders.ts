/**
 * Where an account's fixed tree lies on disk, and the partial uploads beside it, which no listing of the disk's drop
 * folders shows. Every folder is held open while sessions use it, and reached from its parent: no link and no rename
 * leads out. Makes missing folders; a link or a file in a folder's place is a Fault.
 */
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../domain/fault';
import { errorCode, failure } from '../refusal';
import { HeldFolder } from './held-folder';
import type { DropFolder, FolderName } from './resolve-path';

const FOLDER_CREATION_MODE = 0o750;

/** What O_NOFOLLOW with O_DIRECTORY says to a link, and to a file. */
const LINK_ERRORS = new Set(['ELOOP', 'ENOTDIR']);

interface FolderTree {
  readonly folders: Readonly<Record<FolderName, HeldFolder>>;
  readonly partials: Readonly<Record<DropFolder, HeldFolder>>;
  /** All of them, and what they were reached through. */
  readonly held: readonly HeldFolder[];
}

export class AccountFolders {
  /** The last is in use; those before it were moved away under sessions that go on with them. */
  private trees: readonly FolderTree[] = [];
  private users = 0;
  private entering: Promise<void> = Promise.resolve();
  /** Folders whose own names are durable, by their identities. */
  private readonly named = new Set<string>();

  constructor(
    private readonly accountsDir: string,
    private readonly uploadsDir: string,
    private readonly account: string,
  ) {}

  /**
   * Holds the folders for a session; each call is followed by a `leave`, also one that fails.
   * @throws Fault S901
   */
  enter(): Promise<void> {
    this.users += 1;
    const entered = this.entering.then(() => this.hold());
    this.entering = entered.catch(() => undefined);
    return entered;
  }

  /** The last session lets the folders go. */
  async leave(): Promise<void> {
    this.users -= 1;
    await this.entering;
    if (this.users > 0) return;
    const { trees } = this;
    this.trees = [];
    for (const { held } of trees) await closeAll(held);
  }

  /** Path of a folder, or of a file in it. */
  path(folder: FolderName, name?: string): string {
    return this.tree().folders[folder].path(name);
  }

  /** Path of the folder of partial uploads, or of one of them: it bears the name it will be published under. */
  partialPath(folder: DropFolder, name?: string): string {
    return this.tree().partials[folder].path(name);
  }

  /**
   * Makes what was put into a folder durable.
   * @throws Refusal when the folder lies no longer where the pipeline looks for it
   */
  async settle(folder: DropFolder): Promise<void> {
    const { root, test } = this.tree().folders;
    const held = folder === 'root' ? root : test;
    await held.sync();
    await this.settleName(root, () => this.syncAccounts());
    if (folder === 'test') await this.settleName(test, () => root.sync());
    if (!held.isInPlace()) throw failure('the folder was moved on the server meanwhile; upload the file again');
  }

  /** Once for each folder: whoever made it may have died, or gone on, before its name was durable. */
  private async settleName(held: HeldFolder, syncParent: () => Promise<void>): Promise<void> {
    if (this.named.has(held.identity)) return;
    await syncParent();
    this.named.add(held.identity);
  }

  private async syncAccounts(): Promise<void> {
    const accounts = await open(this.accountsDir, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await accounts.sync();
    } finally {
      await accounts.close();
    }
  }

  private tree(): FolderTree {
    const tree = this.trees.at(-1);
    if (tree === undefined) throw new Error(`no session has entered the folders of ${this.account}`);
    return tree;
  }

  private async hold(): Promise<void> {
    const present = this.trees.at(-1);
    if (present !== undefined && areInPlace(present.held)) return;
    this.trees = [...this.trees, await this.openTree()];
  }

  private async openTree(): Promise<FolderTree> {
    const held: HeldFolder[] = [];
    const keep = (folder: HeldFolder): HeldFolder => {
      held.push(folder);
      return folder;
    };
    const top = async (path: string): Promise<HeldFolder> =>
      keep(await prepare(path, path, () => HeldFolder.open(path)));
    const below = async (parent: HeldFolder, name: string): Promise<HeldFolder> =>
      keep(await prepare(parent.path(name), join(parent.place, name), () => parent.below(name)));
    try {
      const root = await top(join(this.accountsDir, this.account));
      const reports = await below(root, 'reports');
      const test = await below(root, 'test');
      const testReports = await below(test, 'reports');
      const uploads = await top(join(this.uploadsDir, this.account));
      const partials = { root: await below(uploads, 'root'), test: await below(uploads, 'test') };
      return { folders: { root, reports, test, testReports }, partials, held };
    } catch (error) {
      await closeAll(held);
      throw error;
    }
  }
}

/**
 * Opens a folder, making it when it is not there.
 * @param place its path for people
 * @throws Fault S901
 */
async function prepare(path: string, place: string, hold: () => Promise<HeldFolder>): Promise<HeldFolder> {
  try {
    await mkdir(path, { mode: FOLDER_CREATION_MODE }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    return await hold();
  } catch (error) {
    const code = errorCode(error);
    const why = LINK_ERRORS.has(code) ? 'is not a folder; links are not followed' : `cannot be used (${code})`;
    throw new Fault('S901', `${place} ${why}`, { retryable: true, cause: error });
  }
}

function areInPlace(folders: readonly HeldFolder[]): boolean {
  return folders.every((folder) => folder.isInPlace());
}

async function closeAll(folders: readonly HeldFolder[]): Promise<void> {
  for (const folder of folders) await folder.close();
}
