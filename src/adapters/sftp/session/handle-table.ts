/**
 * Open handles of one session, under opaque numbers that are never used twice. At most `handlesMax`; whatever is left
 * when the session ends is abandoned by its owner.
 */
import { ProtocolError } from '../codec/protocol-error';
import { failure } from '../refusal';
import type { Download } from '../files/download';
import type { FolderListing } from '../files/folder-listing';
import type { DropFolder } from '../files/resolve-path';
import type { Upload } from '../files/upload';

export type OpenHandle =
  | {
      readonly kind: 'upload';
      readonly upload: Upload;
      readonly folder: DropFolder;
      readonly name: string;
      readonly path: string;
      readonly openedAt: number;
      /** Whether READ was asked for as well. */
      readonly readable: boolean;
    }
  | { readonly kind: 'download'; readonly download: Download; readonly path: string; readonly openedAt: number }
  /** A file that the pipeline has taken: its attributes are known still, its content is not. */
  | { readonly kind: 'taken'; readonly key: string; readonly acceptedAt: Date }
  | { readonly kind: 'listing'; readonly listing: FolderListing };

const HANDLE_BYTES = 4;
/** Opens beyond the limit in one session after which nothing but malice is left. */
const REFUSED_MAX = 1_000;

export class HandleTable {
  private readonly handles = new Map<number, OpenHandle>();
  private last = 0;
  private refused = 0;

  constructor(private readonly handlesMax: number) {}

  /**
   * Call it before anything is opened.
   * @throws Refusal when there are too many, ProtocolError for a peer that goes on all the same
   */
  assertRoom(): void {
    if (this.handles.size < this.handlesMax) return;
    this.refused += 1;
    if (this.refused > REFUSED_MAX) throw new ProtocolError('goes on opening files beyond the limit');
    throw failure(`more than ${String(this.handlesMax)} files and folders are open; close some first`);
  }

  add(handle: OpenHandle): Buffer {
    this.last += 1;
    this.handles.set(this.last, handle);
    const bytes = Buffer.alloc(HANDLE_BYTES);
    bytes.writeUInt32BE(this.last, 0);
    return bytes;
  }

  /** @throws Refusal for a handle that is not open */
  get(bytes: Buffer): OpenHandle {
    const handle = bytes.length === HANDLE_BYTES ? this.handles.get(bytes.readUInt32BE(0)) : undefined;
    if (handle === undefined) throw failure('no such handle');
    return handle;
  }

  /** @throws Refusal for a handle that is not open */
  take(bytes: Buffer): OpenHandle {
    const handle = this.get(bytes);
    this.handles.delete(bytes.readUInt32BE(0));
    return handle;
  }

  takeAll(): readonly OpenHandle[] {
    const handles = [...this.handles.values()];
    this.handles.clear();
    return handles;
  }

  hasUpload(): boolean {
    for (const { kind } of this.handles.values()) if (kind === 'upload') return true;
    return false;
  }
}
