/**
 * Answers the authentication requests of one connection: public keys only, a limited number of tries of whatever
 * method, every refusal alike. A signature is verified before anything else is looked at, so that time tells nothing.
 */
import type { AuthContext, PublicKeyAuthContext } from 'ssh2';
import { utils } from 'ssh2';
import type { Account } from '../../../domain/account';
import { fingerprintOf } from '../host-key';
import { printable } from '../printable';
import { decideLogin } from './decide-login';

/** What is told of one attempt. */
export interface LoginRecord {
  readonly account: string;
  readonly method: string;
  readonly fingerprint: string | null;
  readonly reason: string | null;
}

export interface LoginOptions {
  readonly address: string;
  readonly triesMax: number;
  readonly findAccount: (name: string) => Account | null;
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

  constructor(private readonly options: LoginOptions) {}

  /** Refused attempts so far, each key once. */
  refusals(): readonly LoginRecord[] {
    return this.refused;
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
    this.refuse(context, null, 'only keys are accepted');
  }

  private answerKey(context: PublicKeyAuthContext): void {
    const { algo, data } = context.key;
    const hash = context.hashAlgo ?? null;
    const verified = context.signature === undefined || isSignedBy(context);
    const name = context.username;
    const account = ACCOUNT_NAME.test(name) ? this.options.findAccount(name) : null;
    const attempt = { account, key: { type: algo, blob: data, hash }, address: this.options.address, today: today() };
    const reason = decideLogin(attempt) ?? (verified ? null : 'the signature is wrong');
    const fingerprint = fingerprintOf(data);
    if (reason !== null || account === null) {
      this.refuse(context, fingerprint, reason ?? 'there is no such account');
    } else if (context.signature === undefined) {
      this.confirmKey(context, hash);
    } else {
      const record = { account: account.account, method: 'publickey', fingerprint, reason: null };
      this.options.onAccepted(account, record);
      context.accept();
    }
  }

  /** ssh2 would confirm RSA keys under their old name, which new clients refuse. */
  private confirmKey(context: PublicKeyAuthContext, hash: string | null): void {
    if (hash !== null) context.key = { ...context.key, algo: `rsa-sha2-${hash.replace('sha', '')}` };
    context.accept();
  }

  private refuse(context: AuthContext, fingerprint: string | null, reason: string): void {
    this.tries += 1;
    const known = this.refused.some((record) => record.fingerprint === fingerprint && record.reason === reason);
    if (!known) {
      this.refused.push({ account: printable(context.username), method: context.method, fingerprint, reason });
    }
    if (this.tries >= this.options.triesMax) this.options.onTooManyTries();
    else context.reject(['publickey']);
  }
}

function isSignedBy(context: PublicKeyAuthContext): boolean {
  const { key, blob, signature, hashAlgo } = context;
  if (blob === undefined || signature === undefined) return false;
  const parsed = utils.parseKey(`${key.algo} ${key.data.toString('base64')}`);
  if (parsed instanceof Error) return false;
  const verdict: unknown = parsed.verify(blob, signature, hashAlgo); // an Error when it cannot tell
  return verdict === true;
}

/** The server's local date. */
function today(): string {
  const now = new Date();
  const month = String(now.getMonth() + 1).padStart(2, '0');
  return `${String(now.getFullYear())}-${month}-${String(now.getDate()).padStart(2, '0')}`;
}
