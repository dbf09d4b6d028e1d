/**
 * A message type from the parsed content of its schema file. Everything it names must exist: fields, conditions, value
 * sets. Problems are returned, never thrown.
 */
import type {
  Codelist,
  Condition,
  CrossRules,
  FieldSpec,
  Format,
  MessageType,
  PatientIdentity,
  Requirement,
} from '../../domain/message-type';
import type { Severity } from '../../domain/severity';
import { isFindingCode } from '../../domain/codes';
import { escapeControls } from '../../domain/escape-controls';
import { FIELDS_MAX, findColumnProblems } from '../sqlite/store-names';
import { checkShape } from './check-shape';
import { type ConditionFile, ConditionReader } from './condition-reader';

/** `<patient>` in a business key. */
const PATIENT = '<patient>';
const DEFAULT_MAX_LENGTH = 255;
const DATE_FORMATS: readonly Format[] = ['partial-date', 'date', 'datetime', 'datetime-or-date', 'yymmdd'];

interface RequirementFile {
  readonly when?: ConditionFile;
  readonly unless?: ConditionFile;
  readonly severity?: Severity;
  readonly satisfiedBy?: readonly string[];
}

interface FieldFile {
  readonly maxLength?: number;
  readonly 'x-format': Format;
  readonly 'x-codelist'?: string;
  readonly 'x-multiple'?: string;
  readonly 'x-values'?: readonly string[];
  readonly 'x-absent-value'?: string;
  readonly 'x-required'?: true | RequirementFile;
  readonly 'x-allowed-when'?: ConditionFile;
  readonly 'x-future'?: boolean;
  readonly 'x-identifier'?: boolean;
  readonly 'x-severity'?: Readonly<Record<string, Severity>>;
  readonly 'x-pii'?: boolean;
}

interface MessageFile {
  readonly title: string;
  readonly 'x-version': string;
  readonly 'x-business-key': readonly string[];
  readonly 'x-patient'?: Pick<PatientIdentity, 'id' | 'fallback'> & Partial<PatientIdentity>;
  readonly 'x-conditions'?: Readonly<Record<string, ConditionFile>>;
  readonly 'x-rules'?: Partial<CrossRules>;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, FieldFile>>;
}

/** The message type, or what is wrong with the file, each as `<path>: <what>`. */
export function buildMessageType(
  collection: string,
  content: unknown,
  codelists: ReadonlyMap<string, Codelist>,
): MessageType | readonly string[] {
  const problems = [...checkShape('message', content)];
  if (problems.length > 0) return problems;
  const file = content as MessageFile;
  const fields = new Set(Object.keys(file.properties));
  const checkNames = (path: string, names: readonly string[]): void => {
    for (const name of names) if (!fields.has(name)) problems.push(`${path}: there is no field "${name}"`);
  };
  const conditions = new ConditionReader(file['x-conditions'] ?? {}, checkNames, problems);
  const type: MessageType = {
    name: file.title,
    collection,
    version: file['x-version'],
    fields: Object.entries(file.properties).map(([name, field], index) => buildField(name, index, field, conditions)),
    businessKey: file['x-business-key'],
    patient: buildPatient(file['x-patient']),
    rules: buildRules(file['x-rules']),
    schema: content as Readonly<Record<string, unknown>>,
  };
  checkColumns(type.fields, problems);
  for (const field of type.fields) checkField(field, codelists, checkNames, problems);
  checkNames('/required', file.required ?? []);
  checkIdentity(type, checkNames, problems);
  checkRules(type.rules, checkNames);
  return problems.length > 0 ? problems : type;
}

function buildField(name: string, index: number, file: FieldFile, conditions: ConditionReader): FieldSpec {
  const path = `/properties/${name}`;
  const allowedWhen = file['x-allowed-when'];
  return {
    name,
    index,
    format: file['x-format'],
    maxLength: file.maxLength ?? DEFAULT_MAX_LENGTH,
    codelist: file['x-codelist'] ?? null,
    multiple: file['x-multiple'] ?? null,
    values: file['x-values'] ?? [],
    absentValue: file['x-absent-value'] ?? null,
    required: buildRequirement(file['x-required'], `${path}/x-required`, conditions),
    allowedWhen: allowedWhen === undefined ? null : conditions.read(allowedWhen, `${path}/x-allowed-when`),
    notInFuture: DATE_FORMATS.includes(file['x-format']) && file['x-future'] !== true,
    identifier: file['x-identifier'] ?? false,
    pii: file['x-pii'] ?? false,
    severities: file['x-severity'] ?? {},
  };
}

function buildRequirement(
  file: true | RequirementFile | undefined,
  path: string,
  conditions: ConditionReader,
): Requirement | null {
  if (file === undefined) return null;
  const always: Condition = { kind: 'always' };
  if (file === true) return { condition: always, missingCode: 'V200', severity: 'error', satisfiedBy: [] };
  const rest = { severity: file.severity ?? 'error', satisfiedBy: file.satisfiedBy ?? [] };
  if (file.when !== undefined) {
    return { condition: conditions.read(file.when, `${path}/when`), missingCode: 'R303', ...rest };
  }
  const opposite = conditions.readOpposite(file.unless ?? always, `${path}/unless`);
  return { condition: opposite, missingCode: 'V200', ...rest };
}

function buildPatient(file: MessageFile['x-patient']): PatientIdentity | null {
  if (file === undefined) return null;
  return {
    id: file.id,
    fallback: file.fallback,
    birthDate: file.birthDate ?? null,
    sex: file.sex ?? null,
    sexCodes: file.sexCodes ?? { male: [], female: [] },
    block: file.block ?? [],
  };
}

function buildRules(file: Partial<CrossRules> = {}): CrossRules {
  return {
    dateOrder: file.dateOrder ?? [],
    detectedWithin: file.detectedWithin ?? null,
    testIdWithDate: file.testIdWithDate ?? null,
    senderField: file.senderField ?? null,
    follows: file.follows ?? null,
    codeDates: file.codeDates ?? {},
  };
}

/** The store must be able to hold them. */
function checkColumns(fields: readonly FieldSpec[], problems: string[]): void {
  if (fields.length > FIELDS_MAX)
    problems.push(`/properties: more than ${FIELDS_MAX} fields: the store cannot hold them`);
  for (const { name, what } of findColumnProblems(fields.map((field) => field.name))) {
    problems.push(`/properties/${escapeControls(name)}: ${what}`);
  }
}

type CheckNames = (path: string, names: readonly string[]) => void;

function checkField(
  field: FieldSpec,
  codelists: ReadonlyMap<string, Codelist>,
  checkNames: CheckNames,
  problems: string[],
): void {
  const path = `/properties/${field.name}`;
  const { format, values, codelist } = field;
  checkNames(`${path}/x-required/satisfiedBy`, field.required?.satisfiedBy ?? []);
  if (format === 'code' && codelist === null) problems.push(`${path}: a code needs an x-codelist`);
  if (codelist !== null && !codelists.has(codelist)) {
    problems.push(`${path}/x-codelist: there is no value set "${codelist}"`);
  }
  if (format === 'enum' && values.length === 0) problems.push(`${path}: an enum needs x-values`);
  if (format === 'constant' && values.length !== 1) problems.push(`${path}: a constant needs one value in x-values`);
  for (const key of Object.keys(field.severities)) {
    if (!isFindingCode(key.replace(/:check$/, ''))) problems.push(`${path}/x-severity: there is no code "${key}"`);
  }
}

function checkIdentity(type: MessageType, checkNames: CheckNames, problems: string[]): void {
  const { patient, businessKey } = type;
  checkNames(
    '/x-business-key',
    businessKey.filter((name) => name !== PATIENT),
  );
  if (patient === null) {
    if (businessKey.includes(PATIENT)) problems.push(`/x-business-key: ${PATIENT} needs x-patient`);
    return;
  }
  const named = [patient.id, patient.birthDate, patient.sex, ...patient.fallback, ...patient.block];
  checkNames(
    '/x-patient',
    named.filter((name) => name !== null),
  );
}

function checkRules(rules: CrossRules, checkNames: CheckNames): void {
  const { detectedWithin, testIdWithDate, senderField, follows } = rules;
  checkNames('/x-rules/dateOrder', rules.dateOrder.flat());
  if (detectedWithin !== null) checkNames('/x-rules/detectedWithin', [detectedWithin.detected, detectedWithin.tested]);
  if (testIdWithDate !== null) checkNames('/x-rules/testIdWithDate', [testIdWithDate.id, testIdWithDate.date]);
  if (senderField !== null) checkNames('/x-rules/senderField', [senderField]);
  if (follows !== null) checkNames('/x-rules/follows', [follows.date]);
  checkNames('/x-rules/codeDates', [...Object.keys(rules.codeDates), ...Object.values(rules.codeDates).flat()]);
}
