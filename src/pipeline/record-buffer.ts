/** Takes what is read of a small file and holds it, until there is a staging area for it. Pure. */
import type { Finding } from '../domain/finding';
import type { RecordSink, RejectedRecord, StagedRecord } from '../ports/batch-store';

export class RecordBuffer implements RecordSink {
  readonly #records: StagedRecord[] = [];
  readonly #rejected: RejectedRecord[] = [];
  readonly #findings: { readonly finding: Finding; readonly recordKey: string | null }[] = [];
  /** The bytes of a record are gone when the next one is read: its values are what can be held. */
  readonly addPlain = null;

  addRecord(record: StagedRecord): void {
    this.#records.push(record);
  }

  addRejected(record: RejectedRecord): void {
    this.#rejected.push(record);
  }

  addFinding(finding: Finding, recordKey: string | null): void {
    this.#findings.push({ finding, recordKey });
  }

  /** Hands all of it on. */
  pour(sink: RecordSink): void {
    for (const record of this.#records) sink.addRecord(record);
    for (const record of this.#rejected) sink.addRejected(record);
    for (const { finding, recordKey } of this.#findings) sink.addFinding(finding, recordKey);
  }
}
