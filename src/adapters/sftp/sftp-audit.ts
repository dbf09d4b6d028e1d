/** What happened, for the operator: one object per event. Names in it hold no control characters; no secret ever. */

interface OfConnection {
  /** Number of the connection within this run of the server. */
  readonly connection: number;
  readonly address: string;
}

interface OfAccount extends OfConnection {
  readonly account: string;
}

export type SftpAuditEvent =
  | (OfConnection & { readonly event: 'connection' })
  | (OfConnection & {
      readonly event: 'login';
      readonly outcome: 'ok' | 'refused';
      /** As the client gave it, made printable; it need not exist. */
      readonly account: string;
      readonly method: string;
      /** `SHA256:...` of the key that was offered; null for another method. */
      readonly fingerprint: string | null;
      /** The key's comment in the account file, or the certificate's name and number. */
      readonly key?: string | null;
      /** Why it was refused, for the operator only: the client never learns it. */
      readonly reason: string | null;
      /** Software the client says it is. */
      readonly client: string;
      /** Key exchange, host key, cipher and MAC in use. */
      readonly algorithms: string;
    })
  | (OfAccount & {
      readonly event: 'transfer';
      readonly direction: 'upload' | 'download';
      readonly path: string;
      /** Bytes that went over the wire for this file. */
      readonly bytes: number;
      readonly ms: number;
      readonly outcome: 'complete' | 'partial';
    })
  | (OfAccount & { readonly event: 'rename'; readonly from: string; readonly to: string })
  | (OfAccount & { readonly event: 'removal'; readonly path: string })
  | (OfConnection & {
      readonly event: 'refusal';
      readonly account: string | null;
      readonly operation: string;
      readonly path: string | null;
      readonly reason: string;
      /** Of refused connections, which are not all told: how many this one stands for. */
      readonly times?: number;
    })
  /** An address may not connect for a while. */
  | (OfConnection & {
      readonly event: 'ban';
      readonly network: string;
      readonly seconds: number;
      readonly count: number;
    })
  /** Something on our side went wrong: a disk that is full, a folder that cannot be used. */
  | (OfAccount & { readonly event: 'fault'; readonly operation: string; readonly message: string })
  | (OfConnection & {
      readonly event: 'disconnect';
      readonly account: string | null;
      readonly ms: number;
      /** Why, where it is not the client's orderly leaving. */
      readonly reason: string | null;
    });

type WithoutConnection<T> = T extends unknown ? Omit<T, 'connection' | 'address' | 'account'> : never;

/** An event of one session, before the connection adds who it was. */
export type SessionAuditEvent = WithoutConnection<
  Extract<SftpAuditEvent, { event: 'transfer' | 'rename' | 'removal' | 'refusal' | 'fault' }>
>;
