/** Message types and value sets for commands. */
import { readCatalogue } from '../daemon/commands-catalogue';
import type { Catalogue } from '../domain/message-type';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';

/** @throws CommandProblem (78) with every problem of the schemas */
export function requireCatalogue(schemasDir: string): Catalogue {
  const reading = readCatalogue(schemasDir);
  if (reading.kind === 'catalogue') return reading.catalogue;
  throw new CommandProblem(reading.problems.join('\n'), EXIT.config);
}

/** Null when the schemas cannot be read: for commands that show less without them. */
export function findCatalogue(schemasDir: string): Catalogue | null {
  const reading = readCatalogue(schemasDir);
  return reading.kind === 'catalogue' ? reading.catalogue : null;
}
