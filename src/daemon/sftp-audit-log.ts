/** One log line per thing that happened on the SFTP port: the audit event's own fields under a stable event name. */
import type { SftpAuditEvent } from '../adapters/sftp/sftp-audit';
import type { Logger } from '../ports/logger';

export function logSftpAudit(log: Logger, audit: SftpAuditEvent): void {
  const { event, ...fields } = audit;
  switch (event) {
    case 'connection':
      log.debug('sftp.connect', fields);
      return;
    case 'login':
      if (audit.outcome === 'ok') log.info('sftp.login', fields);
      else log.warn('sftp.login-refused', fields);
      return;
    case 'transfer':
      log.info('sftp.transfer', fields);
      return;
    case 'rename':
      log.info('sftp.rename', fields);
      return;
    case 'removal':
      log.info('sftp.remove', fields);
      return;
    case 'refusal':
      log.warn('sftp.refuse', fields);
      return;
    case 'ban':
      log.warn('sftp.ban', fields);
      return;
    case 'fault':
      log.error('fault', { code: 'S901', ...fields });
      return;
    case 'disconnect':
      log.info('sftp.disconnect', fields);
  }
}
