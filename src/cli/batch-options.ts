/** The filters that several commands share, from options to a store filter. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BatchFilter } from '../daemon/commands-store';
import { OUTCOMES } from '../domain/batch';
import { isFindingCode } from '../domain/codes';
import { parseSince, SINCE_FORMS } from './parse-since';

export interface FilterOptions {
  readonly sender?: string;
  readonly account?: string;
  readonly type?: string;
  readonly code?: string;
  readonly outcome?: (typeof OUTCOMES)[number];
  readonly since?: string;
}

/** Adds `--sender`, `--account`, `--type`, `--code`, `--outcome` and `--since`. */
export function addFilterOptions(command: Command, now: () => Date): Command {
  return command
    .option('--sender <riziv>', 'sender number')
    .option('--account <name>', 'login name')
    .option('--type <type>', 'message type')
    .option('--code <code>', 'batches that have this finding', parseCode)
    .addOption(new Option('--outcome <outcome>', 'what became of the batch').choices(OUTCOMES).argParser(parseOutcome))
    .option('--since <time>', `received then or later: ${SINCE_FORMS}`, (text) => parseSince(text, now()));
}

export function toBatchFilter(options: FilterOptions): BatchFilter {
  const { sender, account, type, code, outcome, since } = options;
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(account === undefined ? {} : { account }),
    ...(type === undefined ? {} : { messageType: type }),
    ...(code === undefined ? {} : { code }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(since === undefined ? {} : { since }),
  };
}

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('write a whole number, 1 or more.');
  return Number(text);
}

function parseCode(text: string): string {
  const code = text.toUpperCase();
  if (!isFindingCode(code)) throw new InvalidArgumentError('there is no such code; labdrop codes lists them.');
  return code;
}

function parseOutcome(text: string): string {
  const outcome = OUTCOMES.find((known) => known === text.toUpperCase());
  if (outcome === undefined) throw new InvalidArgumentError(`write one of ${OUTCOMES.join(', ')}.`);
  return outcome;
}
