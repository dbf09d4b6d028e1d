/**
 * Which field of a message type a sender's column or key means: by its exact name, else by a spelling that differs in
 * case or blanks only. Names are looked up in maps, so that `__proto__` is a name like any other. Pure; never fails.
 */
import { nearest } from '../../domain/nearest';
import type { FieldSpec } from '../../domain/message-type';

export interface NameMatch {
  /** Position of the field, or -1 for a name that is unknown. */
  readonly index: number;
  /** Written as the schema writes it. */
  readonly exact: boolean;
}

export interface FieldNames {
  match(name: string): NameMatch;
  /** The field that an unknown name most probably means, one of `preferred` before any other; null when none is near. */
  nearestTo(name: string, preferred: readonly string[]): string | null;
}

const UNKNOWN: NameMatch = { index: -1, exact: false };

/** Made once for each message type. */
const kept = new WeakMap<readonly FieldSpec[], FieldNames>();

export function fieldNames(fields: readonly FieldSpec[]): FieldNames {
  const known = kept.get(fields) ?? createFieldNames(fields);
  kept.set(fields, known);
  return known;
}

function createFieldNames(fields: readonly FieldSpec[]): FieldNames {
  const exact = new Map(fields.map(({ name, index }) => [name, { index, exact: true }]));
  const folded = new Map<string, NameMatch>();
  for (const { name, index } of fields) {
    const key = foldName(name);
    folded.set(key, folded.has(key) ? UNKNOWN : { index, exact: false });
  }
  const names = fields.map(({ name }) => name);
  return {
    match: (name) => exact.get(name) ?? folded.get(foldName(name)) ?? UNKNOWN,
    nearestTo: (name, preferred) => nearest(name, preferred) ?? nearest(name, names),
  };
}

/** Columns that reports add: ignored without a word. */
export function isOurs(name: string): boolean {
  return name.startsWith('_');
}

function foldName(name: string): string {
  return name.replace(/[\s\u0085\u200b\ufeff]/g, '').toLowerCase();
}
