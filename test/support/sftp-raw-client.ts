/** A client that sends whatever bytes a test wants over one SFTP channel, and takes the replies apart. */
import { Client, type ClientChannel } from 'ssh2';
import { ByteReader } from '../../src/adapters/sftp/codec/byte-reader';
import type { FileAttributes } from '../../src/adapters/sftp/codec/file-attributes';
import { PACKET } from '../../src/adapters/sftp/codec/packet-types';
import { PacketFramer } from '../../src/adapters/sftp/codec/packet-framer';
import type { AnsweredRequest } from '../../src/adapters/sftp/codec/sftp-request';
import { encodeRequest, framed } from './sftp-requests';

export interface RawReply {
  readonly type: number;
  readonly id: number;
  readonly status: number | null;
  readonly message: string | null;
  /** Of HANDLE and DATA. */
  readonly bytes: Buffer | null;
  readonly attributes: FileAttributes | null;
  /** Of NAME. */
  readonly names: readonly { readonly name: string; readonly longName: string }[] | null;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type RawRequest = WithoutId<AnsweredRequest>;

export class RawClient {
  private readonly framer = new PacketFramer();
  private readonly waiting = new Map<number, (reply: RawReply) => void>();
  private lastId = 0;
  /** Ids in the order of their replies. */
  readonly order: number[] = [];
  exitStatus: number | null = null;
  closed = false;

  private constructor(
    readonly ssh: Client,
    readonly channel: ClientChannel,
  ) {
    channel.on('data', (chunk: Buffer) => {
      this.framer.push(chunk, (packet) => {
        this.take(packet);
      });
    });
    channel.on('exit', (code: number) => (this.exitStatus = code));
  }

  static async connect(port: number, privateKey: Buffer, init = true): Promise<RawClient> {
    const ssh = await connectSsh(port, privateKey);
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      ssh.subsys('sftp', (error, opened) => {
        if (error === undefined) resolve(opened);
        else reject(error);
      });
    });
    const client = new RawClient(ssh, channel);
    ssh.on('close', () => (client.closed = true));
    if (init) client.sendPacket(encodeRequest({ kind: 'init', version: 3 }));
    return client;
  }

  sendPacket(packet: Buffer): void {
    this.channel.write(framed(packet));
  }

  send(request: RawRequest): Promise<RawReply> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.sendPacket(encodeRequest({ ...request, id }));
    });
  }

  /** Opens a file and returns its handle. */
  async open(path: string, flags: number): Promise<Buffer> {
    const attributes = { size: null, owner: null, permissions: null, times: null };
    const reply = await this.send({ kind: 'open', path: Buffer.from(path), flags, attributes });
    if (reply.bytes === null) throw new Error(`open ${path}: ${reply.message ?? ''}`);
    return reply.bytes;
  }

  /** Uploads a whole small file; the reply of the CLOSE. */
  async put(path: string, content: string, flags = WRITE_NEW): Promise<RawReply> {
    const handle = await this.open(path, flags);
    await this.send({ kind: 'write', handle, offset: 0n, content: Buffer.from(content) });
    return this.send({ kind: 'close', handle });
  }

  stat(path: string): Promise<RawReply> {
    return this.send({ kind: 'stat', path: Buffer.from(path) });
  }

  end(): void {
    this.ssh.end();
  }

  private take(packet: Buffer): void {
    if (packet[0] === PACKET.VERSION) return;
    const reader = new ByteReader(packet);
    const type = reader.readByte();
    const id = reader.readUint32();
    this.order.push(id);
    const withBytes = type === PACKET.HANDLE || type === PACKET.DATA;
    const reply: RawReply = {
      type,
      id,
      status: type === PACKET.STATUS ? reader.readUint32() : null,
      message: type === PACKET.STATUS ? reader.readString().toString() : null,
      bytes: withBytes ? reader.readString() : null,
      attributes: type === PACKET.ATTRS ? reader.readAttributes() : null,
      names: type === PACKET.NAME ? readNames(reader) : null,
    };
    this.waiting.get(id)?.(reply);
    this.waiting.delete(id);
  }
}

function readNames(reader: ByteReader): { name: string; longName: string }[] {
  return Array.from({ length: reader.readUint32() }, () => {
    const [name, longName] = [reader.readString().toString(), reader.readString().toString()];
    reader.readAttributes();
    return { name, longName };
  });
}

/** WRITE, CREAT and TRUNC: what `put` asks for. */
export const WRITE_NEW = 0x1a;
/** WRITE and CREAT: what `reput` asks for. */
export const WRITE_ON = 0x0a;

export function connectSsh(port: number, privateKey: Buffer, username = 'lab1'): Promise<Client> {
  return new Promise((resolve, reject) => {
    const ssh = new Client();
    ssh.on('error', reject);
    ssh.on('ready', () => {
      resolve(ssh);
    });
    ssh.connect({ host: '127.0.0.1', port, username, privateKey });
  });
}
