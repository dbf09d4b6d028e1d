/** Reads the schemas, and tells the operator's log what there is. */
import { loadCatalogue } from '../adapters/schemas/load-catalogue';
import type { Catalogue } from '../domain/message-type';
import type { Logger } from '../ports/logger';

/** @throws CatalogueProblem with everything that is not right */
export function loadAndLog(schemasDir: string, log: Logger): Catalogue {
  const catalogue = loadCatalogue(schemasDir);
  log.info('catalogue.load', { messageTypes: catalogue.types.size, codelists: catalogue.codelists.size });
  return catalogue;
}
