/**
 * A message type's schema compiled by ajv, once for each type and its value sets. The generated function only answers
 * which keyword of which field is broken; the words for it are made elsewhere, for broken records alone. Records come as
 * arrays of values, so the schema's properties are compiled as the items of an array. Everything that changes from
 * batch to batch is in `Circumstances`, which is `this` inside the function. A schema that the catalogue accepted
 * always compiles.
 */
import type * as AjvModule from 'ajv';
import type { Ajv, Code, KeywordCxt, Name, ValidateFunction } from 'ajv';
import type { Codelist, FieldSpec, MessageType } from '../../domain/message-type';
import { CodeSet } from './code-set';
import { type Positions, positionsOf } from './condition';
import { createJudge } from './create-judge';
import { createRules, type Facts, type Rule } from './cross-rules';
import { expectedOf } from './expected';
import { createPresence, type Presence } from './presence';
import { createIdentityReader, type IdentityReader } from './record-key';
import type { Judge, Latest } from './verdict';

/** `this` of the compiled function: the record at hand and what the batch adds. */
export interface Circumstances extends Facts {
  values: readonly string[];
  readonly latest: Latest;
}

export interface CompiledType {
  /** True when nothing is to be said of the record; else `errors` tells where to look. */
  readonly check: ValidateFunction;
  readonly judges: readonly Judge[];
  /** By the position of their field. */
  readonly presences: readonly Presence[];
  /** Value sets by the position of their field. */
  readonly sets: ReadonlyMap<number, CodeSet>;
  readonly rules: readonly Rule[];
  readonly positions: Positions;
  readonly identify: IdentityReader;
  /** Of the fields whose values are not always stored as they come. */
  readonly normalisers: readonly Normaliser[];
  /** What would be right in each field, by its position. */
  readonly expectations: readonly (string | null)[];
  /** The field a part of the schema describes, as found in an error's `parentSchema`. */
  readonly fieldOf: (node: unknown) => FieldSpec | undefined;
}

export interface Normaliser {
  readonly normalise: NonNullable<Judge['normalise']>;
  /** Position of the field. */
  readonly index: number;
}

interface Remembered {
  readonly codelists: ReadonlyMap<string, Codelist>;
  readonly compiled: CompiledType;
}

/**
 * ajv, which is loaded at the first use: a program that judges nothing does without, and a thread that will judge may
 * load it while it has nothing else to do.
 */
export function loadAjv(): typeof AjvModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- on demand, as said above
  return require('ajv') as typeof AjvModule;
}

const remembered = new WeakMap<MessageType, Remembered>();

export function compileType(type: MessageType, codelists: ReadonlyMap<string, Codelist>): CompiledType {
  const known = remembered.get(type);
  if (known?.codelists === codelists) return known.compiled;
  const compiled = compile(type, codelists);
  remembered.set(type, { codelists, compiled });
  return compiled;
}

function compile(type: MessageType, codelists: ReadonlyMap<string, Codelist>): CompiledType {
  const sets = buildSets(type, codelists);
  const judges = type.fields.map((field) => createJudge(field, sets.get(field.index) ?? null));
  const positions = positionsOf(type.fields);
  const presences = type.fields.map((field) => createPresence(field, positions));
  const rules = createRules(type, sets);
  const properties = (type.schema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  const byNode = new Map(type.fields.map((field) => [properties[field.name], field]));
  const fieldOf = (node: unknown): FieldSpec | undefined => byNode.get(node);
  const { Ajv } = loadAjv();
  // The catalogue has looked at the schema; ajv's own look at it would take longer than the compilation.
  const ajv = new Ajv({ allErrors: true, passContext: true, verbose: true, messages: false, ...UNCHECKED });
  addKeywords(ajv, { judges, presences, rules, fieldOf });
  const count = type.fields.length;
  const check = ajv.compile({
    type: 'array',
    items: type.fields.map((field) => properties[field.name]),
    minItems: count,
    maxItems: count,
    'x-rules': type.schema['x-rules'] ?? {},
  });
  return {
    ...{ check, judges, presences, sets, rules, positions, fieldOf },
    identify: createIdentityReader(type),
    normalisers: judges.flatMap(({ normalise }, index) => (normalise === null ? [] : [{ normalise, index }])),
    expectations: type.fields.map((field) => expectedOf(field, sets.get(field.index) ?? null)),
  };
}

function buildSets(type: MessageType, codelists: ReadonlyMap<string, Codelist>): ReadonlyMap<number, CodeSet> {
  const byName = new Map<string, CodeSet>();
  const sets = new Map<number, CodeSet>();
  for (const { codelist: name, index } of type.fields) {
    const codelist = name === null ? undefined : codelists.get(name);
    if (codelist === undefined) continue;
    const set = byName.get(codelist.name) ?? new CodeSet(codelist);
    byName.set(codelist.name, set);
    sets.set(index, set);
  }
  return sets;
}

const UNCHECKED = { meta: false, validateSchema: false } as const;

/** Keywords that only describe; they are read when the catalogue is built. */
const DESCRIBING = [
  'x-codelist',
  'x-multiple',
  'x-values',
  'x-absent-value',
  'x-future',
  'x-identifier',
  'x-severity',
  'x-pii',
  'x-description',
];

type Parts = Pick<CompiledType, 'judges' | 'presences' | 'rules' | 'fieldOf'>;

function addKeywords(ajv: Ajv, { judges, presences, rules, fieldOf }: Parts): void {
  const { _ } = loadAjv();
  ajv.addVocabulary(DESCRIBING);
  // The judge of the format tells lengths too, where that is the right word for a value that is too long.
  ajv.removeKeyword('maxLength');
  ajv.addVocabulary(['maxLength']);
  const addFieldKeyword = (keyword: string, breaks: (field: FieldSpec, cxt: KeywordCxt) => Code): void => {
    ajv.addKeyword({
      keyword,
      type: 'string',
      code(cxt) {
        const field = fieldOf(cxt.parentSchema);
        if (field !== undefined) cxt.fail(breaks(field, cxt));
      },
    });
  };
  addFieldKeyword('x-format', ({ index }, cxt) => {
    const judge = embed(cxt, judges[index]?.judge);
    return _`${cxt.data} !== "" && ${judge}(${cxt.data}, this.latest).length > 0`;
  });
  addFieldKeyword('x-required', ({ index, required }, cxt) => {
    const mustBeFilled = presences[index]?.mustBeFilled ?? null;
    if (mustBeFilled === null) return _`false`;
    if (required?.condition.kind === 'always' && required.satisfiedBy.length === 0) return _`${cxt.data} === ""`;
    return _`${cxt.data} === "" && ${embed(cxt, mustBeFilled.isBroken)}(this.values)`;
  });
  addFieldKeyword('x-allowed-when', ({ index }, cxt) => {
    const mustBeEmpty = presences[index]?.mustBeEmpty ?? null;
    return mustBeEmpty === null ? _`false` : _`${cxt.data} !== "" && ${embed(cxt, mustBeEmpty.isBroken)}(this.values)`;
  });
  ajv.addKeyword({
    keyword: 'x-rules',
    code(cxt) {
      const keeps = (facts: Facts): boolean => rules.every(({ judge }) => judge(facts) === null);
      cxt.fail(_`!${embed(cxt, keeps)}(this)`);
    },
  });
}

/** A function as a name that the generated code can call. */
function embed(cxt: KeywordCxt, callee: unknown): Name {
  return cxt.gen.scopeValue('keyword', { ref: callee });
}
