/**
 * Checks a parsed file against one of the shapes, and words what ajv finds. It never throws on bad content.
 */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { CODELIST_SHAPE, MESSAGE_SHAPE } from './schema-shape';

const SHAPES = { message: MESSAGE_SHAPE, codelist: CODELIST_SHAPE };
type Shape = keyof typeof SHAPES;

const compiled = new Map<Shape, ValidateFunction>();

/** Problems of `content` as `<path>: <what>`; none when it has the shape. */
export function checkShape(shape: Shape, content: unknown): readonly string[] {
  let validate = compiled.get(shape);
  if (validate === undefined) {
    // The shapes themselves are right: a test asks ajv, which would take longer over that than over everything else.
    const ajv = new Ajv({ allErrors: true, strict: false, meta: false, validateSchema: false });
    validate = ajv.compile(SHAPES[shape]);
    compiled.set(shape, validate);
  }
  return validate(content) ? [] : (validate.errors ?? []).map(wordError);
}

function wordError(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const allowed = params['allowedValues'] ?? params['allowedValue'];
  const detail = params['additionalProperty'] ?? (allowed === undefined ? undefined : JSON.stringify(allowed));
  const place = error.instancePath === '' ? '/' : error.instancePath;
  return `${place}: ${error.message ?? error.keyword}${typeof detail === 'string' ? ` (${detail})` : ''}`;
}
