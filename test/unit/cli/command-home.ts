/** A folder with a configuration, an account key and a store, and the program run in it in this process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { loadCatalogue } from '../../../src/adapters/schemas/load-catalogue';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { runProgram } from '../../../src/cli/run-program';
import { decideOutcome, NO_RECORDS } from '../../../src/domain/batch';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import { createFinding } from '../../../src/domain/create-finding';
import type { Finding } from '../../../src/domain/finding';
import { makeOrigin } from '../../support/make-origin';

const PACKAGE_ROOT = resolve(__dirname, '../../..');

/** When the commands of these tests are run. */
export const NOW = new Date('2026-01-31T12:00:00.000Z');

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandHome {
  readonly dir: string;
  readonly dataDir: string;
  /**
   * `onPause` is called between two looks of a command that follows; it ends when it answers false.
   * @param packageRoot where the program thinks it is installed
   */
  run(args: readonly string[], onPause?: () => boolean, packageRoot?: string): Promise<Ran>;
  write(path: string, text: string): string;
  /** Writes `text` in the place of a part of the configuration. */
  configure(part: string, text: string): void;
  /** A batch that is committed, with these findings, all its records rejected. */
  commit(origin: Partial<BatchOrigin>, findings: readonly Finding[], options?: { archive?: boolean }): void;
  remove(): void;
}

export function makeCommandHome(extra = ''): CommandHome {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-cli-'));
  const dataDir = join(dir, 'data');
  const write = (path: string, text: string): string => {
    const full = join(dir, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  mkdirSync(dataDir);
  write('config/labdrop.yaml', `dataDir: ../data\nsenders: { dir: ../senders }\n${extra}`);
  return {
    dir,
    dataDir,
    write,
    configure: (part, text) => {
      const present = readFileSync(join(dir, 'config/labdrop.yaml'), 'utf8');
      write('config/labdrop.yaml', present.replace(part, text));
    },
    run: async (args, onPause = () => false, packageRoot = PACKAGE_ROOT) => {
      const out: string[] = [];
      const err: string[] = [];
      const status = await runProgram(args, {
        out: (line) => out.push(line),
        err: (line) => err.push(line),
        progress: null,
        flush: () => Promise.resolve(),
        env: {},
        cwd: dir,
        packageRoot,
        now: () => NOW,
        pause: () => Promise.resolve(onPause()),
      });
      return { status, out: out.join('\n'), err: err.join('\n') };
    },
    commit: (origin, findings, { archive = true } = {}) => {
      const catalogue = loadCatalogue(join(PACKAGE_ROOT, 'schemas'));
      const store = openBatchStore({ path: join(dataDir, 'labdrop.db'), catalogue });
      const batch = store.open(makeOrigin({ receivedAt: '2026-01-31T11:00:00.000Z', ...origin }));
      store.markClaimed(batch.id, '2026-01-31T11:00:00.100Z');
      const staging = store.openStaging(batch, catalogue.types.get(batch.messageType ?? '') ?? null);
      const rejected = new Set(findings.flatMap(({ record }) => (record === null ? [] : [record])));
      for (const record of rejected) staging.addRejected({ line: record + 1, record, offset: record * 10, length: 9 });
      for (const finding of findings) staging.addFinding(finding, null);
      staging.settle();
      const counts = { ...NO_RECORDS, records: rejected.size, rejected: rejected.size };
      staging.commit({
        outcome: decideOutcome(counts, false),
        counts,
        sha256: null,
        schemaVersion: '1',
        committedAt: '2026-01-31T11:00:00.200Z',
        dialect: null,
        header: null,
      });
      if (archive) {
        store.markReported(batch.id, '2026-01-31T11:00:00.300Z');
        store.markArchived(batch.id, '2026-01-31T11:00:00.400Z');
      }
      store.close();
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export function cellFinding(field: string, value: string, line = 2): Finding {
  return createFinding('V201', { line, record: line - 1, field, columnNo: 2, value, suggestion: `0${value}` });
}
