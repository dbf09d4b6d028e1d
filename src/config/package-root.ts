/** Folder of the program's own files (`schemas/`, `package.json`): two above this one, in src as in dist. */
import { resolve } from 'node:path';

export const PACKAGE_ROOT = resolve(__dirname, '../..');
