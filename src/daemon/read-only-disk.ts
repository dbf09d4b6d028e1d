/** A data folder whose file system can only be read, in words for `check`, `status` and `/readyz`. */
import { readOnlyMount } from '../adapters/spool/read-only-mount';
import { shellWord } from './check-result';

export interface ReadOnlyDisk {
  readonly what: string;
  readonly fix: string;
}

/** Null when it can be written to, as far as the kernel tells. @param path absolute */
export function readOnlyDisk(path: string): ReadOnlyDisk | null {
  const mount = readOnlyMount(path);
  if (mount === null) return null;
  const { mountPoint, source } = mount;
  return {
    what: `the file system of ${path} can only be read (mounted at ${mountPoint}): nothing can be received or stored`,
    fix: `dmesg says why; after an error of the disk stop the daemon, umount ${shellWord(mountPoint)}, fsck ${shellWord(source)} and mount it again, else mount -o remount,rw ${shellWord(mountPoint)}`,
  };
}
