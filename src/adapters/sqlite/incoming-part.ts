/**
 * A part of a large batch, written by another thread into the file that the batch's own thread has open: leaves of
 * the tables of `incoming`, which that thread makes one table of with its own, and sorted runs that it merges with
 * its own. Needs no connection to the store. Until they are taken over they belong to nothing, so that giving them
 * up is simply not doing so. Throws what the file system throws.
 */
import type { BatchRecord } from '../../domain/batch-record';
import type { MessageType } from '../../domain/message-type';
import type { PartTarget, RecordSink, StagedPart } from '../../ports/batch-store';
import { createKeyedHash, type HashSecret } from './keyed-hash';
import { createRecordPages } from './record-pages';
import { createRowMaker, FINDING_COLUMNS, findingRow, PLACE_COLUMNS, REJECTED_COLUMNS } from './record-rows';
import { DatabaseFile } from './table-file/database-file';
import { type HashRun, HashRuns } from './table-file/hash-runs';
import { type Child, TableWriter } from './table-file/table-writer';

/** Plain values and shared memory: it goes from thread to thread. */
export interface PageTarget extends PartTarget {
  readonly batch: BatchRecord;
  readonly type: string;
  /** By which the file can be opened. */
  readonly path: string;
  readonly pageBytes: number;
  readonly taken: SharedArrayBuffer;
  readonly columns: readonly string[];
  readonly order: string;
  readonly secret: HashSecret;
  readonly base: number;
}

export interface PagePart extends StagedPart {
  readonly rows: readonly Child[];
  readonly places: readonly Child[];
  readonly rejectedRecords: readonly Child[];
  readonly findings: readonly Child[];
  readonly keys: readonly HashRun[];
  readonly patients: readonly HashRun[];
}

export interface IncomingPart extends RecordSink {
  /** Ends it: everything is in the file. */
  finish(): PagePart;
  /** Ends it without more; after `finish` it does nothing. */
  close(): void;
}

/** The target's file must be open where the target was made. */
export function openIncomingPart(target: PageTarget, type: MessageType): IncomingPart {
  const { batch, columns, order, base } = target;
  const file = new DatabaseFile(target.path, target.pageBytes, target.taken);
  // These tables are never finished here: they need no root.
  const rows = new TableWriter(file, 0, columns.length);
  const places = new TableWriter(file, 0, PLACE_COLUMNS);
  const rejectedRecords = new TableWriter(file, 0, REJECTED_COLUMNS);
  const findings = new TableWriter(file, 0, FINDING_COLUMNS);
  const maker = createRowMaker({ batch, type, columns, order, hash: createKeyedHash(target.secret), idBase: null });
  const keys = new HashRuns(file);
  const patients = new HashRuns(file);
  const pages = createRecordPages({ rows, places, keys, patients, maker, base });
  let open = true;
  let staged = 0;
  let warned = 0;
  let rejected = 0;
  let found = 0;

  function close(): void {
    if (open) file.close();
    open = false;
  }

  return {
    addRecord(record) {
      pages.add(record);
      staged++;
      if (record.warned) warned++;
    },
    addPlain(record) {
      pages.addPlain(record);
      staged++;
    },
    addRejected({ record, line, offset, length }) {
      rejectedRecords.add(record, [null, line, offset, length]);
      rejected++;
    },
    addFinding(finding, recordKey) {
      findings.add(++found, findingRow(finding, recordKey));
    },
    finish() {
      const leaves = {
        rows: rows.endLeaves(),
        places: places.endLeaves(),
        rejectedRecords: rejectedRecords.endLeaves(),
        findings: findings.endLeaves(),
        keys: keys.end(),
        patients: patients.end(),
      };
      file.flush();
      close();
      return { staged, warned, rejected, ...leaves };
    },
    close,
  };
}
