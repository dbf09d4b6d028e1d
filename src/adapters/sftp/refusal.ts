/**
 * A request that is not granted: the status the client gets and the reason, in words for the person behind it. Thrown
 * where a request is carried out and turned into a STATUS reply in one place.
 */
import { belgianTime } from '../../domain/belgian-time';
import { STATUS, type StatusCode } from './codec/packet-types';

export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: StatusCode,
    reason: string,
  ) {
    super(reason);
  }
}

export function noSuchFile(reason = 'no such file'): Refusal {
  return new Refusal(STATUS.NO_SUCH_FILE, reason);
}

export function failure(reason: string): Refusal {
  return new Refusal(STATUS.FAILURE, reason);
}

export function permissionDenied(reason: string): Refusal {
  return new Refusal(STATUS.PERMISSION_DENIED, reason);
}

/** The beginning of a refusal: a file of that name is in the pipeline's hands since then, Belgian time. */
export function acceptedText(at: Date): string {
  return `this name was already accepted at ${belgianTime(at).slice(11, 16)}`;
}

/** Refuses what would change a file that the pipeline has taken. */
export function alreadyAccepted(at: Date): Refusal {
  return failure(`${acceptedText(at)}; send it under a new time`);
}

const NO_SUCH_FILE_ERRORS = new Set(['ENOENT', 'ENOTDIR']);
const PERMISSION_ERRORS = new Set(['EACCES', 'EPERM', 'EROFS']);
const NO_SPACE_ERRORS = new Set(['ENOSPC', 'EDQUOT']);

/** The refusal that stands for an error of the file system. Its text tells the client no path of this machine. */
export function refusalOfError(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error);
  if (NO_SUCH_FILE_ERRORS.has(code)) return noSuchFile();
  if (PERMISSION_ERRORS.has(code)) return permissionDenied('the server may not do this; tell its administrator');
  if (NO_SPACE_ERRORS.has(code)) return failure('no space left on the server; try again later');
  return failure(code === '' ? 'the server could not do this' : `the server could not do this (${code})`);
}

/** Whether an error is the world's doing (a disk that is full or broken), not the client's. */
export function isServerFault(error: unknown): boolean {
  if (error instanceof Refusal) return false;
  return !NO_SUCH_FILE_ERRORS.has(errorCode(error));
}

/** `ENOENT` and the like; empty for an error without a code. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
