/** What to say to people who named message types that there are not. Pure. */
import { nearest } from './nearest';

/** In words for each of `named` that is not known, with what it most probably means. */
export function describeUnknownTypes(named: readonly string[], known: readonly string[]): readonly string[] {
  return named
    .filter((type) => !known.includes(type))
    .map((type) => {
      const meant = nearest(type, known);
      const hint = meant === null ? `known: ${known.join(', ')}` : `did you mean ${meant}?`;
      return `there is no message type ${JSON.stringify(type)}; ${hint}`;
    });
}
