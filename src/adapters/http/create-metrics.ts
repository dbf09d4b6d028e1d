/**
 * What Prometheus reads: counters fed by what happens, gauges read when they are asked for. Labels are bounded: message
 * types, codes and accounts come from the schemas, the table of codes and the account files, and anything else counts
 * as `other`. No value out of a sender's file is ever a label. A gauge that cannot be read is left out of the answer.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchRecord } from '../../domain/batch-record';
import type { FindingGroup } from '../../domain/report-source';
import type { SftpAuditEvent } from '../sftp/sftp-audit';
import { createGauges, type GaugeSources } from './create-gauges';

export interface Metrics {
  /** @param ms time the worker took */
  batchDone(batch: BatchRecord, groups: readonly FindingGroup[], ms: number): void;
  /** The sender took it back, or there was nothing new to say. */
  batchWithdrawn(id: string): void;
  /** A batch failed for a reason of ours and will be tried again; it stands until that batch is done. */
  batchFault(batch: string, code: string): void;
  /** Any other failure of ours. */
  fault(code: string): void;
  scanned(ms: number, at: Date): void;
  /** A production batch of that account was not rejected then (ISO 8601 UTC), in an earlier run of the daemon. */
  succeeded(account: string, at: string): void;
  sftp(event: SftpAuditEvent): void;
  /** In Prometheus' text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  readonly version: string;
  /** The message types that are known now: others have no label of their own. */
  readonly messageTypes: () => readonly string[];
  readonly sources: GaugeSources;
}

/** Answers to marked batches come within a second; a file of millions takes minutes. */
const BATCH_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];
const SCAN_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30];
const TRANSFER_SECONDS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800];
/** Between two looks at the event loop: each wakes an idle process. What is late by a second is seen all the same. */
const LOOP_LOOKS_MS = 50;
const OPERATIONS_MAX = 40;
const LOGIN_METHODS: ReadonlySet<string> = new Set([
  'publickey',
  'password',
  'keyboard-interactive',
  'hostbased',
  'none',
]);

export function createMetrics({ version, messageTypes, sources }: MetricsOptions): Metrics {
  const registry = new Registry();
  const counter = createCounterMaker(registry);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_LOOKS_MS });
  new Gauge({ name: 'labdrop_build_info', help: 'Always 1', labelNames: ['version'], registers: [registry] }).set(
    { version },
    1,
  );
  const batches = counter('labdrop_batches_total', 'Batches answered', ['type', 'mode', 'outcome']);
  const records = counter('labdrop_records_total', 'Records of production batches', ['type', 'result']);
  const findings = counter('labdrop_findings_total', 'Findings reported to senders', ['code', 'severity']);
  const withdrawn = counter(
    'labdrop_batches_withdrawn_total',
    'Batches that ended without an answer: nothing was owed',
  );
  const faults = counter('labdrop_faults_total', 'Failures of ours: S901 disk, S902 store, S903 internal', ['code']);
  const logins = counter('labdrop_sftp_logins_total', 'Login attempts', ['method', 'result']);
  const bytes = counter('labdrop_sftp_bytes_total', 'Bytes of files that went over the wire', ['direction']);
  const refusals = counter('labdrop_sftp_refusals_total', 'Refused connections and requests', ['operation']);
  const disconnects = counter('labdrop_sftp_disconnects_total', 'Connections that ended', ['end']);
  const bans = counter('labdrop_sftp_bans_total', 'Bans of addresses that offended');
  const histogram = (name: string, help: string, buckets: readonly number[], labelNames: string[] = []): Histogram =>
    new Histogram({ name, help, buckets: [...buckets], labelNames, registers: [registry] });
  const work = histogram('labdrop_batch_work_seconds', 'Time a worker took for a batch', BATCH_SECONDS, ['type']);
  const answer = histogram(
    'labdrop_batch_answer_seconds',
    'Time from taking a batch up to its reports standing there',
    BATCH_SECONDS,
    ['type'],
  );
  const scans = histogram('labdrop_scan_seconds', 'Time of a full listing of the drop folders', SCAN_SECONDS);
  const transfers = histogram('labdrop_sftp_transfer_seconds', 'Time from open to close of a file', TRANSFER_SECONDS, [
    'direction',
    'outcome',
  ]);
  const gauges = createGauges(registry, sources);
  for (const code of ['S901', 'S902', 'S903']) faults.inc({ code }, 0);
  for (const result of ['ok', 'refused']) logins.inc({ method: 'publickey', result }, 0);
  for (const direction of ['upload', 'download']) bytes.inc({ direction }, 0);
  const operations = new Set<string>();

  const typeLabel = (type: string | null): string => (type !== null && messageTypes().includes(type) ? type : 'other');

  function operationLabel(operation: string): string {
    if (operations.size < OPERATIONS_MAX) operations.add(operation);
    return operations.has(operation) ? operation : 'other';
  }

  function batchDone(batch: BatchRecord, groups: readonly FindingGroup[], ms: number): void {
    const { mode, outcome } = batch;
    const type = typeLabel(batch.messageType);
    gauges.answered(batch);
    batches.inc({ type, mode, outcome: outcome ?? 'other' });
    if (mode === 'production') {
      for (const result of ['accepted', 'rejected', 'duplicate'] as const) records.inc({ type, result }, batch[result]);
    }
    for (const { code, severity, total } of groups) findings.inc({ code, severity }, total);
    work.observe({ type }, ms / 1000);
    if (batch.reportedAt !== null) {
      answer.observe({ type }, Math.max(0, Date.parse(batch.reportedAt) - Date.parse(batch.receivedAt)) / 1000);
    }
  }

  function sftp(event: SftpAuditEvent): void {
    switch (event.event) {
      case 'login':
        logins.inc({ method: LOGIN_METHODS.has(event.method) ? event.method : 'other', result: event.outcome });
        return;
      case 'transfer':
        bytes.inc({ direction: event.direction }, event.bytes);
        transfers.observe({ direction: event.direction, outcome: event.outcome }, event.ms / 1000);
        return;
      case 'refusal':
        refusals.inc({ operation: operationLabel(event.operation) });
        return;
      case 'fault':
        faults.inc({ code: 'S901' });
        return;
      case 'ban':
        bans.inc();
        return;
      case 'disconnect':
        disconnects.inc({ end: event.reason === null ? 'orderly' : 'cut' });
        return;
      default:
    }
  }

  return {
    batchDone,
    batchWithdrawn: (id) => {
      gauges.withdrawn(id);
      withdrawn.inc();
    },
    batchFault: (batch, code) => {
      gauges.failed(batch, code);
      faults.inc({ code });
    },
    fault: (code) => faults.inc({ code }),
    scanned: (ms, at) => {
      scans.observe(ms / 1000);
      gauges.scanned(at);
    },
    succeeded: (account, at) => gauges.succeeded(account, at),
    sftp,
    render: () => {
      gauges.read();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function createCounterMaker(registry: Registry) {
  return (name: string, help: string, labelNames: readonly string[] = []): Counter =>
    new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
}
