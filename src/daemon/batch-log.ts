/** What the operator reads of each batch: an event in the log, a line in rejections.log, a fault in the status. */
import type { BatchResult } from '../pipeline/process-batch';
import type { Logger } from '../ports/logger';
import { renderRejectionLogLine } from '../stages/report/render-rejection-log-line';
import type { DispatcherEvents } from './dispatcher';
import { quarantineFault } from './standing-faults';
import type { StatusFile } from './status-file';

export interface BatchLogOptions {
  readonly log: Logger;
  readonly now: () => Date;
  /** Appends one whole line to rejections.log. */
  readonly append: (line: string) => void;
  readonly status: Pick<StatusFile, 'fault' | 'cleared' | 'update'>;
}

export function createBatchLog({ log, now, append, status }: BatchLogOptions): DispatcherEvents {
  function appendLine(result: Extract<BatchResult, { kind: 'done' }>): void {
    if (result.groups.length === 0) return;
    try {
      append(renderRejectionLogLine(result.batch, result.groups));
    } catch (error) {
      log.error('fault', { code: 'S901', message: `rejections.log: ${String(error)}` });
    }
  }

  return {
    done: (result, ms) => {
      if (result.kind === 'withdrawn') {
        log.info('batch.withdraw', { batch: result.id });
        status.update();
        return;
      }
      const { batch } = result;
      log.info('batch.done', {
        batch: batch.id,
        account: batch.account,
        sender: batch.sender,
        type: batch.messageType,
        file: batch.fileName,
        mode: batch.mode,
        outcome: batch.outcome,
        records: batch.records,
        accepted: batch.accepted,
        rejected: batch.rejected,
        duplicate: batch.duplicate,
        ms: Math.round(ms),
      });
      appendLine(result);
      status.cleared(batch.id);
    },
    fault: ({ origin, attempts }, fault, retryInMs) => {
      const { id, account, fileName } = origin;
      const retryAt = new Date(now().getTime() + retryInMs).toISOString();
      log.error('batch.retry', { batch: id, account, file: fileName, attempts, retryInMs, ...fault });
      status.fault({ ...fault, at: now().toISOString(), batch: id, account, fileName, retryAt });
    },
    parted: (batches, fault) => log.error('batch.part', { batches, ...fault }),
    quarantined: (quarantined) => {
      const fault = quarantineFault(quarantined);
      const { batch, account, fileName: file, code, message } = fault;
      log.error('batch.quarantine', { batch, account, file, code, message });
      status.cleared(quarantined.batch.id);
    },
    left: ({ id, account, fileName }) => log.info('batch.leave', { batch: id, account, file: fileName }),
  };
}
