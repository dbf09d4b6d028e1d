/**
 * The schemas that come with the program, as functions that check by them: those that the build has compiled, else (run
 * from its sources) compiled by ajv now. A schema is right: a test asks ajv, which would take longer over that than over
 * everything else. Not for message types: their schemas are data and may change at any time.
 */
import type * as AjvModule from 'ajv';
import type { AnySchemaObject, Options, ValidateFunction } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './package-root';

export interface OwnSchema {
  /** Of the compiled file. */
  readonly name: string;
  readonly options: Options;
  schema(): AnySchemaObject;
}

/** Of the schemas that ajv need not judge. */
export const UNJUDGED = { meta: false, validateSchema: false } as const;

/** A schema of the folder `schemas/`. */
export function readOwnSchema(name: string): AnySchemaObject {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', `${name}.schema.json`), 'utf8')) as AnySchemaObject;
}

/** Where the build puts the compiled function. */
export function compiledPath({ name }: Pick<OwnSchema, 'name'>): string {
  return join(__dirname, 'compiled', `${name}.js`);
}

export function checkBy(own: OwnSchema): ValidateFunction {
  const path = compiledPath(own);
  /* eslint-disable @typescript-eslint/no-require-imports -- one or the other, when it is needed */
  if (existsSync(path)) return require(path) as ValidateFunction;
  const { Ajv } = require('ajv') as typeof AjvModule;
  /* eslint-enable @typescript-eslint/no-require-imports */
  return new Ajv({ ...own.options, ...UNJUDGED }).compile(own.schema());
}
