/**
 * Where an account's fixed tree lies on disk, and the partial uploads beside it, which no listing of the disk's drop
 * folders shows. Makes missing folders; a symbolic link or a file in a folder's place is a Fault, as it could lead out.
 */
import { lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../domain/fault';
import { errorCode } from '../refusal';
import type { DropFolder, FolderName } from './resolve-path';

const FOLDER_CREATION_MODE = 0o750;

export class AccountFolders {
  private readonly folders: Readonly<Record<FolderName, string>>;
  private readonly partials: Readonly<Record<DropFolder, string>>;
  private readonly uploads: string;

  constructor(accountsDir: string, uploadsDir: string, account: string) {
    const root = join(accountsDir, account);
    this.folders = {
      root,
      reports: join(root, 'reports'),
      test: join(root, 'test'),
      testReports: join(root, 'test', 'reports'),
    };
    this.uploads = join(uploadsDir, account);
    this.partials = { root: join(this.uploads, 'root'), test: join(this.uploads, 'test') };
  }

  /** Path of a folder, or of a file in it. */
  path(folder: FolderName, name?: string): string {
    return name === undefined ? this.folders[folder] : join(this.folders[folder], name);
  }

  /** Path of the folder of partial uploads, or of one of them: it bears the name it will be published under. */
  partialPath(folder: DropFolder, name?: string): string {
    return name === undefined ? this.partials[folder] : join(this.partials[folder], name);
  }

  /** @throws Fault S901 */
  async prepare(): Promise<void> {
    const { root, reports, test, testReports } = this.folders;
    for (const path of [root, reports, test, testReports, this.uploads, this.partials.root, this.partials.test]) {
      await prepareFolder(path);
    }
  }
}

async function prepareFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: FOLDER_CREATION_MODE });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') {
      throw new Fault('S901', `cannot make the folder ${path}`, { retryable: true, cause: error });
    }
    if (!(await lstat(path)).isDirectory()) {
      throw new Fault('S901', `${path} is not a folder; links are not followed`, { retryable: false, cause: error });
    }
  }
}

/** Makes what was created, renamed or removed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
