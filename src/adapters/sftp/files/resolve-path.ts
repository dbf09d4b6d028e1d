/**
 * What a path from a client stands for in the account's fixed tree. Pure: it looks at bytes only, folds `.` and `..`
 * within the tree, and knows no path of this machine, so nothing outside can be named at all.
 */
export const FOLDER_PATHS = {
  root: '/',
  reports: '/reports',
  test: '/test',
  testReports: '/test/reports',
} as const;
export type FolderName = keyof typeof FOLDER_PATHS;

/** The two folders that files can be put into. */
export type DropFolder = 'root' | 'test';

export type PathTarget =
  | { readonly kind: 'folder'; readonly folder: FolderName }
  | { readonly kind: 'file'; readonly folder: FolderName; readonly name: string }
  /** Below something that is no folder here. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly reason: string };

export const PATH_MAX_BYTES = 4096;
export const NAME_MAX_BYTES = 255;

/** Control characters, line and paragraph separators, and marks that turn the writing direction around. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Folders below a folder, by name. */
const SUBFOLDERS: Readonly<Record<FolderName, ReadonlyMap<string, FolderName>>> = {
  root: new Map<string, FolderName>([
    ['reports', 'reports'],
    ['test', 'test'],
  ]),
  reports: new Map(),
  test: new Map<string, FolderName>([['reports', 'testReports']]),
  testReports: new Map(),
};

export function isDropFolder(folder: FolderName): folder is DropFolder {
  return folder === 'root' || folder === 'test';
}

/** Folders that stand in a folder's listing, by name. */
export function subfolders(folder: FolderName): ReadonlyMap<string, FolderName> {
  return SUBFOLDERS[folder];
}

export function filePath(folder: FolderName, name: string): string {
  return folder === 'root' ? `/${name}` : `${FOLDER_PATHS[folder]}/${name}`;
}

export function resolvePath(path: Buffer): PathTarget {
  const segments = splitPath(path);
  if (typeof segments === 'string') return { kind: 'invalid', reason: segments };
  let folder: FolderName = 'root';
  for (const [index, name] of segments.entries()) {
    const next: FolderName | undefined = SUBFOLDERS[folder].get(name);
    if (next !== undefined) folder = next;
    else return index === segments.length - 1 ? { kind: 'file', folder, name } : { kind: 'absent' };
  }
  return { kind: 'folder', folder };
}

/** The absolute path without `.`, `..` and doubled slashes; it need not exist. */
export function normalisePath(path: Buffer): { readonly path: string } | { readonly reason: string } {
  const segments = splitPath(path);
  return typeof segments === 'string' ? { reason: segments } : { path: `/${segments.join('/')}` };
}

/** The names along a path, or the reason why it is none. */
function splitPath(path: Buffer): readonly string[] | string {
  if (path.length > PATH_MAX_BYTES) return `the path is longer than ${String(PATH_MAX_BYTES)} bytes`;
  const text = decode(path);
  if (text === null) return 'the name is not UTF-8';
  if (UNPRINTABLE.test(text)) return 'a name may not hold control characters';
  const segments: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  if (segments.some((segment) => Buffer.byteLength(segment) > NAME_MAX_BYTES)) {
    return `the name is longer than ${String(NAME_MAX_BYTES)} bytes`;
  }
  return segments;
}

function decode(path: Buffer): string | null {
  try {
    return utf8.decode(path);
  } catch {
    return null;
  }
}
