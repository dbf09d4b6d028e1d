/**
 * What a client offers in its first packet, read before any key is exchanged, so that a handshake that fails can be
 * told with what the client would have needed. Pure.
 * @see RFC 4253, section 7.1
 */
import { ByteReader } from './codec/byte-reader';
import { ProtocolError } from './codec/protocol-error';
import { printable } from './printable';

/** By what is agreed on, in the order of the packet. */
export interface KexOffer {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
  readonly compress: readonly string[];
  /** A guessed first packet of the key exchange follows. */
  readonly guessFollows: boolean;
}

export type OfferedLists = Omit<KexOffer, 'guessFollows'>;

const KEXINIT = 20;
const BEFORE_PAYLOAD_BYTES = 5;
const BEFORE_LISTS_BYTES = BEFORE_PAYLOAD_BYTES + 17;
const NAMES = {
  kex: 'key exchange',
  hostKey: 'host key',
  cipher: 'cipher',
  mac: 'MAC',
  compress: 'compression',
} as const;
/** Ciphers that need no MAC: then what is offered of those does not matter. */
const AUTHENTICATED_CIPHER = /gcm|poly1305/;
const LISTED_MAX = 12;

/** @param packet a whole binary packet, unencrypted; null when it is no KEXINIT */
export function parseKexOffer(packet: Buffer): KexOffer | null {
  if (packet[BEFORE_PAYLOAD_BYTES] !== KEXINIT) return null;
  try {
    const reader = new ByteReader(packet.subarray(BEFORE_LISTS_BYTES));
    const lists = Array.from({ length: 10 }, () => reader.readString().toString('latin1').split(','));
    const [kex = [], hostKey = [], cipher = [], , mac = [], , compress = []] = lists;
    return { kex, hostKey, cipher, mac, compress, guessFollows: reader.readByte() === 1 };
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** What the client offers where nothing of it is served; null when all can be agreed on. */
export function describeMismatch(offer: KexOffer, served: OfferedLists): string | null {
  const cipher = offer.cipher.find((name) => served.cipher.includes(name)) ?? '';
  for (const kind of ['kex', 'hostKey', 'cipher', 'mac', 'compress'] as const) {
    if (kind === 'mac' && AUTHENTICATED_CIPHER.test(cipher)) continue;
    if (offer[kind].some((name) => served[kind].includes(name))) continue;
    const shown = printable(offer[kind].slice(0, LISTED_MAX).join(', '));
    const more = offer[kind].length > LISTED_MAX ? ` and ${String(offer[kind].length - LISTED_MAX)} more` : '';
    return `client offered only ${NAMES[kind]} ${shown}${more}`;
  }
  return null;
}

/** Whether the guess was right: the first of both lists are the same on both sides. */
export function isGuessRight(offer: KexOffer, served: OfferedLists): boolean {
  return offer.kex[0] === served.kex[0] && offer.hostKey[0] === served.hostKey[0];
}
