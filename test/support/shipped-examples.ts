/** The shipped schemas and examples: where they lie, whose they are, and the two that most tests deliver. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const SCHEMAS = resolve(__dirname, '../../schemas');
export const EXAMPLES = join(SCHEMAS, 'covid19/examples');

/** The sender number of all examples. */
export const SENDER = '81365677';

/** Base names of examples of five records each, with nothing wrong. */
export const LABORATORY_EXAMPLE = `${SENDER}_LaboratoryTestResult_210510080500`;
export const RAPID_EXAMPLE = `${SENDER}_RapidTestResult_210510081500`;

/** Where the CSV example of that base name lies. */
export function examplePath(baseName: string): string {
  return join(EXAMPLES, `${baseName}.csv`);
}

export function readExample(baseName: string): string {
  return readFileSync(examplePath(baseName), 'utf8');
}
