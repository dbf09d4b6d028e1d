/** An account for tests: a laboratory that sends the examples; the members that matter are given. */
import type { Account } from '../../src/domain/account';
import { SENDER } from './shipped-examples';

export function makeAccount(overrides: Partial<Account> = {}): Account {
  return {
    account: 'lab',
    name: 'Laboratory',
    email: 'lab@example.org',
    senders: [SENDER],
    messageTypes: null,
    status: 'production',
    authorizedKeys: [],
    allowFrom: [],
    language: 'en',
    expires: null,
    quotaBytes: null,
    quotaFiles: null,
    ...overrides,
  };
}
