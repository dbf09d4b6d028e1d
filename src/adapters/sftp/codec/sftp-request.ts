/** What a client can ask of an SFTP version 3 server, as far as this one tells it apart. Paths and handles are bytes. */
import type { FileAttributes } from './file-attributes';

export type SftpRequest =
  | { readonly kind: 'init'; readonly version: number }
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly path: Buffer;
      readonly flags: number;
      readonly attributes: FileAttributes;
    }
  | { readonly kind: 'close'; readonly id: number; readonly handle: Buffer }
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly handle: Buffer;
      readonly offset: bigint;
      readonly length: number;
    }
  | {
      readonly kind: 'write';
      readonly id: number;
      readonly handle: Buffer;
      readonly offset: bigint;
      readonly content: Buffer;
    }
  | { readonly kind: 'stat'; readonly id: number; readonly path: Buffer }
  | { readonly kind: 'fstat'; readonly id: number; readonly handle: Buffer }
  | { readonly kind: 'setstat'; readonly id: number; readonly path: Buffer; readonly attributes: FileAttributes }
  | { readonly kind: 'fsetstat'; readonly id: number; readonly handle: Buffer; readonly attributes: FileAttributes }
  | { readonly kind: 'opendir'; readonly id: number; readonly path: Buffer }
  | { readonly kind: 'readdir'; readonly id: number; readonly handle: Buffer }
  | { readonly kind: 'remove'; readonly id: number; readonly path: Buffer }
  | { readonly kind: 'folders-fixed'; readonly id: number; readonly operation: 'mkdir' | 'rmdir' }
  | { readonly kind: 'realpath'; readonly id: number; readonly path: Buffer }
  | {
      readonly kind: 'rename';
      readonly id: number;
      readonly from: Buffer;
      readonly to: Buffer;
      /** posix-rename: a file of that name is replaced. */
      readonly replace: boolean;
    }
  | { readonly kind: 'statvfs'; readonly id: number }
  | { readonly kind: 'fsync'; readonly id: number; readonly handle: Buffer }
  | { readonly kind: 'limits'; readonly id: number }
  | { readonly kind: 'unsupported'; readonly id: number; readonly what: string };

/** A request that is answered, each by exactly one reply that carries its id. */
export type AnsweredRequest = Exclude<SftpRequest, { kind: 'init' }>;
