/**
 * The last step of the build: writes the program's own schemas as compiled functions, so that a start neither loads ajv
 * nor compiles them. Nothing of the program imports it.
 */
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ACCOUNT_SCHEMA } from './adapters/accounts/read-account';
import { SHAPES } from './adapters/schemas/check-shape';
import { CONFIG_SCHEMA } from './config/load-config';
import { compiledPath } from './config/own-schema';

for (const own of [CONFIG_SCHEMA, ACCOUNT_SCHEMA, ...Object.values(SHAPES)]) {
  const ajv = new Ajv({ ...own.options, code: { source: true } });
  const path = compiledPath(own);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, standaloneCode(ajv, ajv.compile(own.schema())));
}
