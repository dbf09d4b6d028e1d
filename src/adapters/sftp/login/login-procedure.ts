/**
 * Answers the authentication requests of one connection: public keys and certificates only, a limited number of tries
 * of whatever method, every refusal alike. A signature is verified before anything else is looked at, so that time
 * tells nothing.
 */
import type { AuthContext, PublicKeyAuthContext } from 'ssh2';
import { utils } from 'ssh2';
import type { Account } from '../../../domain/account';
import { parseAuthorizedKey } from '../../../domain/authorized-key';
import { fingerprintOf } from '../host-key';
import { printable } from '../printable';
import type { Offence } from './ban-list';
import { decideLogin, NO_SUCH_ACCOUNT, type LoginTrust, type OfferedKey } from './decide-login';
import { isCertificateType, parseUserCertificate, type UserCertificate } from './user-certificate';
import { verifySignature } from './verify-signature';

/** What is told of one attempt. */
export interface LoginRecord {
  readonly account: string;
  readonly method: string;
  readonly fingerprint: string | null;
  /** The key's comment in the account file, or the certificate's name and number; null for a stranger's key. */
  readonly key: string | null;
  readonly reason: string | null;
}

export interface LoginRules {
  readonly findAccount: (name: string) => Account | null;
  readonly trust: () => LoginTrust;
}

export interface LoginOptions extends LoginRules {
  readonly address: string;
  readonly triesMax: number;
  readonly onAccepted: (account: Account, record: LoginRecord) => void;
  readonly onTooManyTries: () => void;
}

const ACCOUNT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Every connection may ask some times without being refused: keys that fit but are not signed with. */
const REQUESTS_PER_TRY = 4;

export class LoginProcedure {
  private readonly refused: LoginRecord[] = [];
  private tries = 0;
  private requests = 0;
  /** What opened the account. */
  private accepted: { readonly name: string; readonly key: OfferedKey } | null = null;

  constructor(private readonly options: LoginOptions) {}

  /** Refused attempts so far, each key once. */
  refusals(): readonly LoginRecord[] {
    return this.refused;
  }

  hasBegun(): boolean {
    return this.requests > 0;
  }

  /** The worst of what was tried; null when nothing was. */
  offence(): Offence | null {
    if (this.tries >= this.options.triesMax) return 'tooManyTries';
    if (this.refused.some(({ reason }) => reason === NO_SUCH_ACCOUNT)) return 'unknownAccount';
    return this.refused.length > 0 ? 'refusedLogin' : null;
  }

  /** Why what opened the account would not open it any more; null while it would. */
  recheck(): string | null {
    if (this.accepted === null) return null;
    const { name, key } = this.accepted;
    return this.decide(name, key, this.options.findAccount(name));
  }

  answer(context: AuthContext): void {
    this.requests += 1;
    const { triesMax } = this.options;
    if (this.tries >= triesMax || this.requests > triesMax * REQUESTS_PER_TRY) {
      this.options.onTooManyTries();
      return;
    }
    if (context.method === 'publickey') this.answerKey(context);
    else this.answerOther(context);
  }

  /** A first `none` is how clients ask what methods there are, and no try. */
  private answerOther(context: AuthContext): void {
    if (context.method === 'none' && this.requests === 1) {
      context.reject(['publickey']);
      return;
    }
    this.refuse(context, { fingerprint: null, reason: 'only keys are accepted' });
  }

  private answerKey(context: PublicKeyAuthContext): void {
    const { algo: type, data: blob } = context.key;
    const certificate = isCertificateType(type) ? parseUserCertificate(blob) : null;
    const verified = context.signature === undefined || isSignedBy(context, certificate);
    const fingerprint = fingerprintOf(certificate?.publicKey ?? blob);
    const name = context.username;
    const account = ACCOUNT_NAME.test(name) ? this.options.findAccount(name) : null;
    const key = { type, blob, hash: context.hashAlgo ?? null, fingerprint };
    const reason = this.decide(name, key, account) ?? (verified ? null : 'the signature is wrong');
    if (reason !== null || account === null) {
      this.refuse(context, { fingerprint, reason: reason ?? NO_SUCH_ACCOUNT });
    } else if (context.signature === undefined) {
      this.confirmKey(context);
    } else {
      const known = describeKey(account, blob, certificate);
      this.accepted = { name, key };
      this.options.onAccepted(account, {
        ...{ account: account.account, method: 'publickey', fingerprint, key: known, reason: null },
      });
      context.accept();
    }
  }

  private decide(name: string, key: OfferedKey, account: Account | null): string | null {
    const { address, trust } = this.options;
    return decideLogin({ name, account, key, address, now: new Date(), trust: trust() });
  }

  /** ssh2 would confirm RSA keys under their old name, which new clients refuse. */
  private confirmKey(context: PublicKeyAuthContext): void {
    const hash = context.hashAlgo;
    if (hash !== undefined) context.key = { ...context.key, algo: `rsa-sha2-${hash.replace('sha', '')}` };
    context.accept();
  }

  private refuse(context: AuthContext, { fingerprint, reason }: { fingerprint: string | null; reason: string }): void {
    this.tries += 1;
    const known = this.refused.some((record) => record.fingerprint === fingerprint && record.reason === reason);
    if (!known) {
      const account = printable(context.username);
      this.refused.push({ account, method: context.method, fingerprint, key: null, reason });
    }
    if (this.tries >= this.options.triesMax) this.options.onTooManyTries();
    else context.reject(['publickey']);
  }
}

function isSignedBy(context: PublicKeyAuthContext, certificate: UserCertificate | null): boolean {
  const { key, blob, signature, hashAlgo } = context;
  if (blob === undefined || signature === undefined) return false;
  if (isCertificateType(key.algo)) {
    return certificate !== null && verifySignature(certificate.publicKey, signature, blob);
  }
  const parsed = utils.parseKey(`${key.algo} ${key.data.toString('base64')}`);
  if (parsed instanceof Error) return false;
  const verdict: unknown = parsed.verify(blob, signature, hashAlgo); // an Error when it cannot tell
  return verdict === true;
}

function describeKey(account: Account, blob: Buffer, certificate: UserCertificate | null): string {
  if (certificate !== null) return printable(`certificate ${certificate.keyId} serial ${String(certificate.serial)}`);
  const base64 = blob.toString('base64');
  const entry = account.authorizedKeys.map(parseAuthorizedKey).find((found) => found?.base64 === base64);
  return printable(entry?.comment ?? '');
}
