/**
 * Judges one file by the daemon's own rules, with no daemon, no configuration and nothing kept: what a laboratory runs
 * before sending. What only a store or an account can tell is not judged (D401, D402, D404, D406, R311, F003, F016).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadCatalogue } from '../adapters/schemas/load-catalogue';
import { createLocalSpool } from '../adapters/spool/create-local-spool';
import { openBatchStore } from '../adapters/sqlite/open-batch-store';
import type { Language } from '../domain/account';
import type { BatchOrigin, BatchRecord } from '../domain/batch-record';
import { Fault } from '../domain/fault';
import type { Catalogue, MessageType } from '../domain/message-type';
import type { FindingGroup, FindingTotals, StoredFinding } from '../domain/report-source';
import { judgeBatch } from '../pipeline/judge-batch';
import { reportBatch } from '../pipeline/report-batch';
import type { Spool } from '../ports/spool';
import { planReports } from '../stages/report/plan-reports';
import { originWithoutAccount } from './origin-without-account';
import { removeFormerReports } from './validate-reports';

export { describeReportClash } from './validate-reports';

export interface ValidateOptions {
  readonly path: string;
  /** Given beside the name: then a name that does not follow the rule is nothing to tell. */
  readonly messageType: string | null;
  readonly catalogue: Catalogue;
  /** Where the report set goes, or null. */
  readonly reportsDir: string | null;
  readonly language: Language;
  readonly now: () => Date;
  /** Bytes of the file that were read so far. */
  readonly onProgress?: (bytes: number) => void;
}

export interface Validation {
  readonly batch: BatchRecord;
  readonly groups: readonly FindingGroup[];
  readonly totals: FindingTotals;
  readonly findings: () => Iterable<StoredFinding>;
}

/**
 * Calls `use` while the findings can be read; they are gone afterwards.
 * @throws Fault S901 when the file cannot be read
 */
export function validateFile<T>(options: ValidateOptions, use: (validation: Validation) => T): T {
  const home = mkdtempSync(join(tmpdir(), 'labdrop-validate-'));
  try {
    const catalogue = withoutStoreRules(options.catalogue, options.messageType !== null);
    const store = openBatchStore({ path: join(home, 'labdrop.db'), catalogue, stagingDir: home });
    try {
      const spool = tellProgress(
        createLocalSpool(options.path, options.reportsDir),
        options.onProgress ?? (() => undefined),
      );
      const ports = { store, spool, catalogue, rules: OPEN_RULES, now: options.now, secondReader: null };
      const batch = store.open(describe(options));
      judgeBatch(ports, batch, spool.claim(batch), null);
      const judged = store.batch(batch.id);
      if (judged === null) throw new Fault('S903', 'the judgement is gone', { retryable: false });
      const source = store.reportSource(batch.id);
      const groups = source.groups();
      if (options.reportsDir !== null) {
        const names = planReports(judged, source.totals()).map(({ name }) => name);
        removeFormerReports(options.reportsDir, basename(options.path), names);
        // What is written for one person who waits for it need not be durable.
        Array.from(reportBatch(ports, { batch: judged, source, groups }));
      }
      return use({
        batch: judged,
        groups,
        totals: source.totals(),
        findings: () => source.findings(),
      });
    } finally {
      store.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function tellProgress(spool: Spool, onProgress: (bytes: number) => void): Spool {
  function* told(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
    let bytes = 0;
    for (const chunk of chunks) {
      bytes += chunk.length;
      onProgress(bytes);
      yield chunk;
    }
  }
  return { ...spool, read: (file) => told(spool.read(file)) };
}

/** Message types and value sets of a schemas folder. @throws CatalogueProblem */
export function readCatalogue(schemasDir: string): Catalogue {
  return loadCatalogue(schemasDir);
}

const OPEN_RULES = {
  mode: 'record',
  maxRejected: null,
  maxRejectedRatio: null,
  maxFileBytes: Number.MAX_SAFE_INTEGER,
  markerGraceSeconds: 0,
  unmarkedReminderHours: 0,
} as const;

function describe({ path, messageType, catalogue, language, now }: ValidateOptions): BatchOrigin {
  const types = [...catalogue.types.keys()];
  const { size } = statSync(path);
  const origin = originWithoutAccount({ fileName: basename(path), bytes: size, types, now: now() });
  return { ...origin, messageType: messageType ?? origin.messageType, language };
}

/** The rules that ask the store come off; with the type given beside the name, so does the one that asks the name. */
function withoutStoreRules(catalogue: Catalogue, typeGiven: boolean): Catalogue {
  const ease = (type: MessageType): MessageType => {
    const senderField = typeGiven ? null : type.rules.senderField;
    return { ...type, rules: { ...type.rules, follows: null, senderField } };
  };
  return { ...catalogue, types: new Map([...catalogue.types].map(([name, type]) => [name, ease(type)])) };
}
