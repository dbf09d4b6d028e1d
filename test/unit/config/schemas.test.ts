/** The program's own schemas are right: nothing asks ajv again while it runs. */
import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODELIST_SHAPE, MESSAGE_SHAPE } from '../../../src/adapters/schemas/schema-shape';
import { PACKAGE_ROOT } from '../../../src/config/package-root';

const read = (name: string): object => JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', name), 'utf8')) as object;

it.each<[string, object]>([
  ['config.schema.json', read('config.schema.json')],
  ['account.schema.json', read('account.schema.json')],
  ['the shape of a message schema', MESSAGE_SHAPE],
  ['the shape of a value set', CODELIST_SHAPE],
])('%s is a schema', (_name, schema) => {
  const ajv = new Ajv({ allErrors: true });
  void ajv.validateSchema(schema);
  expect(ajv.errors ?? []).toEqual([]);
  void ajv.validateSchema({ ...schema, required: 'title' });
  expect(ajv.errors).not.toBeNull();
});
