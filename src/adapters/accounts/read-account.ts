/**
 * The text of one account file to an account, checked by schemas/account.schema.json and by what a schema cannot say:
 * that the name is the file's, that every key can be used, that networks are networks and days exist.
 */
import { isIP } from 'node:net';
import { type KeyProblem, renderKeyProblem } from '../../config/config-problem';
import { deepFreeze } from '../../config/deep-freeze';
import { createYamlReader, readYaml, yamlSchema } from '../../config/read-yaml';
import type { Account } from '../../domain/account';
import { parsePublicKey } from './parse-public-key';

export type AccountReading =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

export const ACCOUNT_SCHEMA = yamlSchema('account', { digitsAreText: true });

export function createAccountReader(): (name: string, path: string, text: string) => AccountReading {
  const reader = createYamlReader(ACCOUNT_SCHEMA);
  return (name, path, text) => {
    const reading = readYaml(text, reader);
    const found =
      reading.kind === 'problems' ? reading.problems : problemsOf(name, reading.value as unknown as Account);
    if (found.length > 0) {
      return { kind: 'problems', problems: found.map((problem) => renderKeyProblem(path, problem)) };
    }
    return { kind: 'account', account: deepFreeze((reading as { value: unknown }).value as Account) };
  };
}

function problemsOf(name: string, account: Account): KeyProblem[] {
  const problems: KeyProblem[] = [];
  const add = (path: string, message: string): unknown => problems.push({ path, message, line: null });
  if (account.account !== name) add('account', `is ${account.account}, but the file is named ${name}.yaml`);
  account.authorizedKeys.forEach((line, index) => {
    const key = parsePublicKey(line);
    if (typeof key === 'string') add(`authorizedKeys.${index}`, key);
  });
  account.allowFrom.forEach((network, index) => {
    if (!isNetwork(network))
      add(`allowFrom.${index}`, `is no address or network (CIDR), is ${JSON.stringify(network)}`);
  });
  if (account.expires !== null && !isDay(account.expires)) add('expires', `there is no day ${account.expires}`);
  return problems;
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
