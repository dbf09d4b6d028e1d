/** Two servers of ours on one port: the later one could never listen. Pure. */
import { isIPv6 } from 'node:net';
import type { Config } from './config';
import type { KeyProblem } from './config-problem';

/** None where the system chooses a port, or the addresses can be told apart. */
export function findPortClash({ sftp, http }: Pick<Config, 'sftp' | 'http'>): readonly KeyProblem[] {
  if (http.port === null || http.port === 0 || http.port !== sftp.port) return [];
  if (!overlap(sftp.host, http.host)) return [];
  const message = `is ${http.port}, the port of sftp.port on the same address: health and metrics need one of their own, or null`;
  return [{ path: 'http.port', message, line: null }];
}

/** Names are taken for what they usually stand for. */
function overlap(one: string, other: string): boolean {
  const hosts = [one, other].map((host) => (host === 'localhost' ? '127.0.0.1' : host));
  const [a = '', b = ''] = hosts;
  if (a === b || hosts.includes('::')) return true;
  return hosts.includes('0.0.0.0') && !hosts.some((host) => isIPv6(host));
}
