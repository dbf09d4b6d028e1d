/**
 * Checks a parsed file against one of the shapes, and words what ajv finds. It never throws on bad content.
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { checkBy, type OwnSchema } from '../../config/own-schema';
import { CODELIST_SHAPE, MESSAGE_SHAPE } from './schema-shape';

const OPTIONS = { allErrors: true, strict: false };

export const SHAPES = {
  message: { name: 'message', options: OPTIONS, schema: () => MESSAGE_SHAPE },
  codelist: { name: 'codelist', options: OPTIONS, schema: () => CODELIST_SHAPE },
} as const satisfies Readonly<Record<string, OwnSchema>>;
type Shape = keyof typeof SHAPES;

const checks = new Map<Shape, ValidateFunction>();

/** Problems of `content` as `<path>: <what>`; none when it has the shape. */
export function checkShape(shape: Shape, content: unknown): readonly string[] {
  const check = checks.get(shape) ?? checkBy(SHAPES[shape]);
  checks.set(shape, check);
  return check(content) ? [] : (check.errors ?? []).map(wordError);
}

function wordError(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const allowed = params['allowedValues'] ?? params['allowedValue'];
  const detail = params['additionalProperty'] ?? (allowed === undefined ? undefined : JSON.stringify(allowed));
  const place = error.instancePath === '' ? '/' : error.instancePath;
  return `${place}: ${error.message ?? error.keyword}${typeof detail === 'string' ? ` (${detail})` : ''}`;
}
