/** The peer sent bytes that are no SFTP version 3. The session is ended; nothing of it concerns anybody else. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
