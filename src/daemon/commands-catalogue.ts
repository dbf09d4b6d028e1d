/** Message types and value sets as commands need them. */
import { CatalogueProblem } from '../adapters/schemas/catalogue-problem';
import { loadCatalogue } from '../adapters/schemas/load-catalogue';
import type { Catalogue } from '../domain/message-type';

export type CatalogueReading =
  | { readonly kind: 'catalogue'; readonly catalogue: Catalogue }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

export function readCatalogue(schemasDir: string): CatalogueReading {
  try {
    return { kind: 'catalogue', catalogue: loadCatalogue(schemasDir) };
  } catch (error) {
    if (error instanceof CatalogueProblem) return { kind: 'problems', problems: error.problems };
    throw error;
  }
}
