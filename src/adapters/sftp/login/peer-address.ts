/** Addresses of peers: one spelling each, the group they are counted in, and the networks they may come from. */
import { BlockList, isIP, isIPv4 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An IPv4 address that came over an IPv6 socket is IPv4; a zone (`%eth0`) is left out. */
export function normaliseAddress(address: string): string {
  const plain = address.replace(/%.*$/, '');
  return MAPPED_IPV4.exec(plain)?.[1] ?? plain;
}

/** What connections are counted by: the address, or for IPv6 its /64, as one customer usually has a whole one. */
export function addressGroup(address: string): string {
  if (isIPv4(address) || isIP(address) === 0) return address;
  const [head = '', tail] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(8 - front.length - back.length, 0);
  const groups = [...front, ...Array.from({ length: zeros }, () => '0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Whether an address lies in one of the networks (CIDR, or a single address). What is no network holds nothing. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function addNetwork(list: BlockList, network: string): void {
  const [base = '', length] = network.split('/');
  const family = isIPv4(base) ? 'ipv4' : 'ipv6';
  const bits = family === 'ipv4' ? 32 : 128;
  if (isIP(base) === 0) return;
  if (length === undefined) list.addAddress(base, family);
  else if (/^\d{1,3}$/.test(length) && Number(length) <= bits) list.addSubnet(base, Number(length), family);
}
