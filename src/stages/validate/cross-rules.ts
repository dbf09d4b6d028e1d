/**
 * Rules across the fields of one record (R302, R304, R306, R308, R309, R310, V218), built from what the schema
 * declares. A rule looks at right values only: a field with an error takes no part. Pure; a rule never throws.
 */
import type { FindingCode } from '../../domain/codes';
import type { FindingParams } from '../../domain/finding';
import { readNiss } from '../../domain/identifiers/niss';
import { fitsInfectiousDate } from '../../domain/identifiers/mobile-app-test-id';
import type { FieldSpec, MessageType, PatientIdentity } from '../../domain/message-type';
import type { CodeSet } from './code-set';
import { type IsFilled, type Positions, positionsOf, positionsOfNames } from './condition';
import { splitCodes } from './judge-code';
import { yymmddToIso } from './judge-date';

/** What a rule may look at. */
export interface Facts {
  readonly values: readonly string[];
  /** Positions of values that are wrong, or that the record lacks; null where there are none. */
  readonly unusable: ReadonlySet<number> | null;
  readonly sender: string | null;
  readonly fileTime: string | null;
}

/** A broken rule: the finding without its place. */
export interface BrokenRule {
  readonly code: FindingCode;
  readonly index: number;
  readonly expected: string | null;
  readonly params: FindingParams;
}

export interface Rule {
  /** Positions of the fields it looks at. */
  readonly reads: readonly number[];
  /** False where no values of these fields break it. */
  readonly concerns: (isFilled: IsFilled) => boolean;
  readonly judge: (facts: Facts) => BrokenRule | null;
}

/** A rule that says nothing as long as one of the fields it reads is empty. */
function ruleOnAll(reads: readonly number[], judge: Rule['judge']): Rule {
  return { reads, concerns: (isFilled) => reads.every(isFilled), judge };
}

export function createRules(type: MessageType, sets: ReadonlyMap<number, CodeSet>): readonly Rule[] {
  const positions = positionsOf(type.fields);
  return [
    ...datedCodes(type, sets, positions),
    ...datePairs(type, positions),
    ...(type.patient === null ? [] : patientRules(type.patient, positions)),
    ...fieldRules(type, positions),
  ];
}

/** The value, or '' when it takes no part. */
function usable(facts: Facts, index: number): string {
  return facts.unusable?.has(index) === true ? '' : (facts.values[index] ?? '');
}

/** The day on which a code must have been valid: the first of its dates that is filled and right, else that of the file. */
export function codeDay(dates: readonly number[], facts: Facts): string | null {
  for (const index of dates) {
    const value = usable(facts, index);
    if (value !== '') return value.slice(0, 10);
  }
  return facts.fileTime?.slice(0, 10) ?? null;
}

/** Positions of the fields whose date the codes of a field are looked at on, first filled first. */
export function codeDatesOf({ name }: FieldSpec, { rules }: MessageType, positions: Positions): readonly number[] {
  return positionsOfNames(rules.codeDates[name] ?? [], positions);
}

/** R302: the codes of a value set with dates must have been valid. */
function datedCodes(type: MessageType, sets: ReadonlyMap<number, CodeSet>, positions: Positions): readonly Rule[] {
  return type.fields.flatMap((field) => {
    const set = sets.get(field.index);
    if (set?.dated !== true) return [];
    const dates = codeDatesOf(field, type, positions);
    const judge: Rule['judge'] = (facts) => {
      const value = usable(facts, field.index);
      const day = value === '' ? null : codeDay(dates, facts);
      if (day === null || set.isValidOn(splitCodes(value, field.multiple), day)) return null;
      return { code: 'R302', index: field.index, expected: null, params: describeInvalid(value, field, set, day) };
    };
    return [{ reads: [field.index, ...dates], concerns: (isFilled) => isFilled(field.index), judge }];
  });
}

/** One code with its period; of a cell that may hold several, those that were not valid, each with its period. */
function describeInvalid(value: string, { multiple }: FieldSpec, set: CodeSet, day: string): FindingParams {
  const all = splitCodes(value, multiple);
  const invalid = all.flatMap((code) => {
    const entry = set.invalidOn(set.find(code) ?? '', day);
    return entry === null ? [] : [{ code, validFrom: entry.validFrom ?? '', validTo: entry.validTo ?? '' }];
  });
  const [first] = invalid;
  const { validFrom = '', validTo = '' } = first ?? {};
  const listed = invalid.map((each) => `${each.code} (${each.validFrom || '...'} - ${each.validTo || '...'})`);
  return { codelist: set.name, validFrom, validTo, date: day, codes: all.length > 1 ? listed.join(', ') : '' };
}

/** R304: the later field must not lie before the earlier one, at the precision both have. */
function datePairs(type: MessageType, positions: Positions): readonly Rule[] {
  return type.rules.dateOrder.flatMap(([earlierName, laterName]) => {
    const earlier = type.fields[positions.get(earlierName) ?? -1];
    const later = type.fields[positions.get(laterName) ?? -1];
    if (earlier === undefined || later === undefined) return [];
    const judge: Rule['judge'] = (facts) => {
      const first = dateIn(facts, earlier);
      const second = dateIn(facts, later);
      if (first === '' || second === '' || isInOrder(first, second)) return null;
      const params = { other: earlierName, otherValue: facts.values[earlier.index] ?? '' };
      return { code: 'R304', index: later.index, expected: `≥ ${earlierName}`, params };
    };
    return [ruleOnAll([earlier.index, later.index], judge)];
  });
}

/** Compared as far as both are written. */
function isInOrder(first: string, second: string): boolean {
  if (first.length === second.length) return first <= second;
  const length = Math.min(first.length, second.length);
  return first.slice(0, length) <= second.slice(0, length);
}

function dateIn(facts: Facts, field: FieldSpec): string {
  const value = usable(facts, field.index);
  if (value === '' || value === field.absentValue) return '';
  return field.format === 'yymmdd' ? yymmddToIso(value) : value;
}

/** V218 on the birth date, V218 on the sex, and R306 on the first field of the identity block. */
function patientRules(patient: PatientIdentity, positions: Positions): readonly Rule[] {
  const idAt = positions.get(patient.id) ?? -1;
  const birthAt = positions.get(patient.birthDate ?? '') ?? -1;
  const sexAt = positions.get(patient.sex ?? '') ?? -1;
  const male = new Set(patient.sexCodes.male.map((code) => code.toLowerCase()));
  const female = new Set(patient.sexCodes.female.map((code) => code.toLowerCase()));
  const block = patient.block.flatMap((name) => {
    const index = positions.get(name);
    return index === undefined ? [] : [{ name, index }];
  });
  const birthRule = ruleOnAll([birthAt, idAt], (facts) => {
    const birthDate = usable(facts, birthAt);
    const read = birthDate === '' ? null : readNiss(usable(facts, idAt));
    if (read === null) return null;
    const [year, month, day] = birthDate.split('-');
    const agrees = same(year, read.year) && same(month, read.month) && same(day, read.day);
    return agrees ? null : { code: 'V218', index: birthAt, expected: null, params: { part: 'birth-date' } };
  });
  const sexRule = ruleOnAll([sexAt, idAt], (facts) => {
    const sex = usable(facts, sexAt).toLowerCase();
    const read = sex === '' ? null : readNiss(usable(facts, idAt));
    const agrees = read?.sex === 'male' ? !female.has(sex) : read?.sex !== 'female' || !male.has(sex);
    return agrees ? null : { code: 'V218', index: sexAt, expected: null, params: { part: 'sex' } };
  });
  const blockRule: Rule = {
    reads: [idAt, ...block.map(({ index }) => index)],
    concerns: (isFilled) => isFilled(idAt) && block.some(({ index }) => isFilled(index)),
    judge: (facts) => {
      if (usable(facts, idAt) === '') return null;
      const filled = block.filter(({ index }) => usable(facts, index) !== '');
      const first = filled.reduce((least, { index }) => Math.min(least, index), Infinity);
      if (filled.length === 0) return null;
      const fields = filled.map(({ name }) => name).join(', ');
      return { code: 'R306', index: first, expected: null, params: { fields } };
    },
  };
  return [birthRule, sexRule, blockRule];
}

/** Whether a part of a date agrees; a part that either side lacks does. */
function same(part: string | undefined, known: number | null): boolean {
  return part === undefined || known === null || Number(part) === known;
}

/** R308, R309, R310: one field against another, or against the sender. */
function fieldRules(type: MessageType, positions: Positions): readonly Rule[] {
  const { detectedWithin, testIdWithDate, senderField } = type.rules;
  const rules: Rule[] = [];
  if (detectedWithin !== null) {
    const detected = type.fields[positions.get(detectedWithin.detected) ?? -1];
    const tested = type.fields[positions.get(detectedWithin.tested) ?? -1];
    if (detected !== undefined && tested !== undefined) rules.push(detectedRule(detected, tested));
  }
  if (testIdWithDate !== null) {
    const idAt = positions.get(testIdWithDate.id) ?? -1;
    const dateAt = positions.get(testIdWithDate.date) ?? -1;
    const judge: Rule['judge'] = (facts) => {
      const id = usable(facts, idAt);
      const date = usable(facts, dateAt);
      if (id === '' || date === '' || fitsInfectiousDate(id.replace(/-/g, ''), date)) return null;
      return { code: 'R309', index: idAt, expected: null, params: { dateField: testIdWithDate.date } };
    };
    rules.push(ruleOnAll([idAt, dateAt], judge));
  }
  if (senderField !== null) {
    const index = positions.get(senderField) ?? -1;
    const judge: Rule['judge'] = (facts) => {
      const value = usable(facts, index);
      if (facts.sender === null || value === '' || value === facts.sender) return null;
      return { code: 'R310', index, expected: facts.sender, params: { sender: facts.sender } };
    };
    rules.push(ruleOnAll([index], judge));
  }
  return rules;
}

function detectedRule(detected: FieldSpec, tested: FieldSpec): Rule {
  return ruleOnAll([detected.index, tested.index], (facts) => {
    const found = usable(facts, detected.index);
    const sought = usable(facts, tested.index);
    if (found === '' || sought === '') return null;
    const known = new Set(splitCodes(sought, tested.multiple).map((code) => code.toLowerCase()));
    const untested = splitCodes(found, detected.multiple).filter((code) => !known.has(code.toLowerCase()));
    if (untested.length === 0) return null;
    return { code: 'R308', index: detected.index, expected: null, params: { untested: untested.join(', ') } };
  });
}
