/** A home that `check` finds nothing wrong with, ways to spoil it, and what is told then. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { archivePath } from '../../../src/adapters/spool/data-folders';
import type { CheckResult } from '../../../src/daemon/commands-check';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import { makeOrigin } from '../../support/make-origin';
import { SCHEMAS } from '../../support/shipped-examples';
import { type CommandHome, makeCommandHome } from './command-home';

/** The id of the batch that a home has. */
export const ID = '01900000-0000-7000-8000-000000000001';
/** An id that no batch has. */
export const OTHER = '01900000-0000-7000-8000-000000000002';

export interface CheckHome extends CommandHome {
  /** Below the data folder. */
  path(...parts: readonly string[]): string;
  /** Makes a batch, and its original in the archive, whose path it gives. */
  batch(overrides?: Partial<BatchOrigin>, archive?: boolean): string;
  problems(): Promise<readonly CheckResult[]>;
  /** All of these are told, and in no other area is anything. */
  expectProblems(expected: readonly Partial<CheckResult>[]): Promise<void>;
}

export function makeCheckHome(): CheckHome {
  const home = makeCommandHome('schemas: { dir: ../schemas }\ningest: { maxFileBytes: 1024 }');
  cpSync(SCHEMAS, join(home.dir, 'schemas'), { recursive: true });
  chmodSync(home.dataDir, 0o750);
  mkdirSync(join(home.dataDir, 'work/staging'), { recursive: true });
  mkdirSync(join(home.dir, 'senders'));

  async function problems(): Promise<readonly CheckResult[]> {
    const { status, out } = await home.run(['check', '--json']);
    const { ok, results } = JSON.parse(out) as { ok: boolean; results: CheckResult[] };
    const found = results.filter((result) => !result.ok);
    expect([status, ok]).toEqual(found.length === 0 ? [0, true] : [1, false]);
    for (const { fix } of found) expect(fix).not.toBe('');
    return found;
  }

  return {
    ...home,
    path: (...parts) => join(home.dataDir, ...parts),
    batch: (overrides = {}, archive = true) => {
      const origin = makeOrigin({ id: ID, receivedAt: '2026-01-31T11:00:00.000Z', dataIdentity: '1:1', ...overrides });
      home.commit(origin, [], { archive });
      const original = join(home.dataDir, 'archive', archivePath(origin));
      mkdirSync(dirname(original), { recursive: true });
      writeFileSync(original, 'x');
      return original;
    },
    problems,
    expectProblems: async (expected) => {
      const found = await problems();
      expect(found.map(({ area }) => area)).toEqual(expect.arrayContaining(expected.map(({ area }) => area)));
      for (const problem of expected) expect(found).toContainEqual(expect.objectContaining(problem));
      const { out } = await home.run(['check']);
      expect(out).toContain(found.length === 1 ? '\n1 problem.' : `\n${found.length} problems.`);
    },
  };
}
