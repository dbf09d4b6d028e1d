/** Who a record is about and what tells it from others: its patient and its business key. Pure. */
import type { MessageType } from '../../domain/message-type';
import { type IsFilled, positionsOf, positionsOfNames } from './condition';

/** Stands between the parts of a key; it cannot occur in a value that someone typed. */
const SEPARATOR = '\u001f';
const PATIENT = '<patient>';

export interface RecordIdentity {
  readonly key: string;
  readonly patient: string;
}

export type IdentityReader = (values: readonly string[]) => RecordIdentity;

/** Reads key and patient from values as they are stored. */
export function createIdentityReader(type: MessageType): IdentityReader {
  const positions = positionsOf(type.fields);
  const idAt = type.patient === null ? -1 : (positions.get(type.patient.id) ?? -1);
  const fallback = positionsOfNames(type.patient?.fallback ?? [], positions);
  const parts = type.businessKey.map((name) => (name === PATIENT ? null : (positions.get(name) ?? -1)));
  return (values) => {
    const id = values[idAt] ?? '';
    const patient = id === '' ? foldedTogether(values, fallback) : id;
    let key = '';
    for (const [place, index] of parts.entries()) {
      if (place > 0) key += SEPARATOR;
      key += index === null ? patient : (values[index] ?? '');
    }
    return { key, patient };
  };
}

/** Positions of the fields that key and patient are made of, in a record of which these fields are filled. */
export function identityReads(type: MessageType, isFilled: IsFilled): readonly number[] {
  const positions = positionsOf(type.fields);
  const own = positionsOfNames(type.businessKey, positions);
  if (type.patient === null) return own;
  const id = positionsOfNames([type.patient.id], positions);
  return [...own, ...id, ...(id.some(isFilled) ? [] : positionsOfNames(type.patient.fallback, positions))];
}

function foldedTogether(values: readonly string[], positions: readonly number[]): string {
  let together = '';
  for (const [place, index] of positions.entries()) {
    if (place > 0) together += SEPARATOR;
    together += fold(values[index] ?? '');
  }
  return together;
}

/** Without case, accents and blanks. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\p{M}\s]/gu, '')
    .toLowerCase();
}
