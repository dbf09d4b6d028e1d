/** The build has compiled the program's own schemas: they answer as ajv does from the schemas as they are now. */
import Ajv, { type ValidateFunction } from 'ajv';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ACCOUNT_SCHEMA } from '../../src/adapters/accounts/read-account';
import { SHAPES } from '../../src/adapters/schemas/check-shape';
import { CONFIG_SCHEMA } from '../../src/config/load-config';
import type { OwnSchema } from '../../src/config/own-schema';
import { PROJECT_ROOT } from '../support/built-daemon';

const built = createRequire(join(PROJECT_ROOT, 'dist/main.js'));
const named = (own: OwnSchema): [string, OwnSchema] => [own.name, own];

/** What it says of the content, and what it makes of it. */
function ask(check: ValidateFunction, content: unknown): unknown {
  const judged = structuredClone(content);
  return { right: check(judged), errors: check.errors, judged };
}

it.each([CONFIG_SCHEMA, ACCOUNT_SCHEMA, ...Object.values(SHAPES)].map(named))('%s', (name, own) => {
  const compiled = built(`./config/compiled/${name}.js`) as ValidateFunction;
  const properties = (own.schema() as { properties: Record<string, unknown> }).properties;
  const wrong = [true, 'x', {}, [{}], { unknown: '1' }, null].flatMap((value) => [
    value,
    ...Object.keys(properties).map((key) => ({ [key]: value })),
    Object.fromEntries(Object.keys(properties).map((key) => [key, value])),
  ]);
  const fresh = new Ajv(own.options).compile(own.schema());
  for (const content of [...wrong, { dataDir: 'data', senders: { dir: 'senders' } }]) {
    expect(ask(compiled, content)).toEqual(ask(fresh, content));
  }
});
