/** What `df` says to an account: its quota where it has one, else the file system. */
import { statfs } from 'node:fs/promises';
import type { Account } from '../../../domain/account';
import type { FileSystemFigures } from '../codec/build-reply';
import type { AccountSpace } from './account-space';

const BLOCK_BYTES = 4096n;

export async function measureSpace(space: AccountSpace, account: Account): Promise<FileSystemFigures> {
  const disk = await statfs(space.folders.path('root'), { bigint: true });
  let blocks = (disk.blocks * disk.bsize) / BLOCK_BYTES;
  let blocksFree = (disk.bavail * disk.bsize) / BLOCK_BYTES;
  let files = disk.files;
  let filesFree = disk.ffree;
  const { quotaBytes, quotaFiles } = account;
  if (quotaBytes !== null || quotaFiles !== null) {
    const used = await space.usage.measure();
    if (quotaBytes !== null) {
      blocks = BigInt(quotaBytes) / BLOCK_BYTES;
      blocksFree = smaller(blocksFree, BigInt(Math.max(quotaBytes - used.bytes, 0)) / BLOCK_BYTES);
    }
    if (quotaFiles !== null) {
      files = BigInt(quotaFiles);
      filesFree = smaller(filesFree, BigInt(Math.max(quotaFiles - used.files, 0)));
    }
  }
  return { blockBytes: BLOCK_BYTES, blocks, blocksFree, files, filesFree };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
