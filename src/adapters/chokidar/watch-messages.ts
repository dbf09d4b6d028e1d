/** What passes between the thread that watches folders and the one that asked for it. Plain values only. */

export type WatchRequest =
  | { readonly kind: 'watch'; readonly folder: string }
  | { readonly kind: 'unwatch'; readonly folder: string }
  | { readonly kind: 'watch-parent'; readonly folder: string };

export type WatchReport =
  | { readonly kind: 'seen'; readonly folder: string; readonly names: readonly string[] }
  /** A folder was made in this parent. */
  | { readonly kind: 'made'; readonly parent: string; readonly name: string }
  /** More came than is worth telling: the folder is watched no more. */
  | { readonly kind: 'overrun'; readonly folder: string }
  | { readonly kind: 'failed'; readonly message: string };
