/**
 * Before a new file takes a name: one that lies there and belongs to a batch, in the pipeline's hands or complete and
 * not taken up yet, is not replaced. It is given a moment to be taken away, so that the new file is a new batch; after
 * that the new one is refused, and stays where it is.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileKind } from '../../../stages/name/split-file-name';
import { fileIdentity } from '../../spool/durable-files';
import { failure } from '../refusal';
import type { AccountSpace } from './account-space';
import type { DropFolder } from './resolve-path';

const ATTEMPTS = 200;
const INTERVAL_MS = 10;
/** Another thread removes a file meanwhile: a moment. */
const REMOVAL_MS = 1;
/** A marker of more bytes is another one. */
const COMPARED_MAX_BYTES = 4_096;

export interface Newcomer {
  readonly folder: DropFolder;
  readonly name: string;
  /** Where it lies until it takes its name. */
  readonly path: string;
  /** Identity of what lay there complete when it began. */
  readonly beside: string | null;
}

/** @throws Refusal when the name is not free in time */
export async function vacate(space: AccountSpace, newcomer: Newcomer): Promise<void> {
  for (let attempt = 0; isInTheWay(space, newcomer); attempt += 1) {
    if (attempt === ATTEMPTS)
      throw failure('a file of this name waits for its turn here; send this one when that one has its report');
    await space.outOfTurn(() => sleep(INTERVAL_MS));
  }
}

/**
 * Vacates the name and lets `rename` take it; nobody else removes a file of this name in that moment.
 * @throws Refusal when the name is not free in time; what `rename` throws
 */
export async function takeName(space: AccountSpace, newcomer: Newcomer, rename: () => Promise<void>): Promise<void> {
  await vacate(space, newcomer);
  const { folder, name } = newcomer;
  let letGo = space.holdName(folder, name);
  for (; letGo === null; letGo = space.holdName(folder, name)) await space.outOfTurn(() => sleep(REMOVAL_MS));
  try {
    await rename();
  } finally {
    letGo();
  }
}

function isInTheWay(space: AccountSpace, { folder, name, path, beside }: Newcomer): boolean {
  const held = space.heldFiles(folder, name);
  if (held.length === 0 && beside === null) return false;
  const present = space.folders.path(folder, name);
  const identity = fileIdentity(present);
  if (identity === null) return false;
  if (identity !== beside && held.every((file) => file.identity !== identity)) return false;
  // A marker that is sent again says the same again.
  return fileKind(name).kind === 'data' || !hasSameContent(path, present);
}

function hasSameContent(path: string, other: string): boolean {
  const sizes = [path, other].map((each) => lstatSync(each, { throwIfNoEntry: false })?.size);
  const [size] = sizes;
  if (size === undefined || size !== sizes[1] || size > COMPARED_MAX_BYTES) return false;
  return size === 0 || readFileSync(path).equals(readFileSync(other));
}
