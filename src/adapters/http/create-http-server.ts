/**
 * The port for health and metrics: three pages for machines on the loopback, nothing else. It has no login and tells no
 * value out of a sender's file. Peers cannot make it fail: a request is short, answered at once, and never has a body.
 *
 *   /healthz  the process answers
 *   /readyz   it can do its work; 503 with the reasons where it cannot
 *   /metrics  Prometheus' text format
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Fault } from '../../domain/fault';

/** Name of what was looked at, and what is wrong with it: null when nothing is. */
export type ReadinessChecks = Readonly<Record<string, string | null>>;

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A socket that listens already, passed on by the service manager: host and port are its own then. */
  readonly listeningFd: number | null;
  readonly readiness: () => ReadinessChecks;
  readonly metrics: { render(): Promise<string>; readonly contentType: string };
}

export interface HttpServer {
  /** @throws Fault S901 */
  listen(): Promise<{ host: string; port: number }>;
  close(): Promise<void>;
}

const REQUEST_MS = 10_000;
const CONNECTIONS_MAX = 64;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { host, port, listeningFd, readiness, metrics } = options;
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: 8192 }, handle);
  server.maxConnections = CONNECTIONS_MAX;
  server.on('clientError', (_error, socket) => socket.destroy());

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => response.destroy());
    request.on('error', () => response.destroy());
    request.resume();
    answer(request).then(
      ({ status, type, body }) => send(request, response, { status, type, body }),
      (error: unknown) => send(request, response, { status: 500, type: TEXT_TYPE, body: `${String(error)}\n` }),
    );
  }

  async function answer({ method, url }: IncomingMessage): Promise<Answer> {
    const [path] = (url ?? '').split('?');
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: TEXT_TYPE, body: 'only GET and HEAD\n' };
    switch (path) {
      case '/healthz':
        return { status: 200, type: TEXT_TYPE, body: 'ok\n' };
      case '/readyz':
        return readyAnswer(readiness());
      case '/metrics':
        return { status: 200, type: metrics.contentType, body: await metrics.render() };
      default:
        return { status: 404, type: TEXT_TYPE, body: 'here are /healthz, /readyz and /metrics\n' };
    }
  }

  async function listen(): Promise<{ host: string; port: number }> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      if (listeningFd === null) server.listen(port, host, resolve);
      else server.listen({ fd: listeningFd }, resolve);
    }).catch((error: unknown) => {
      const message = `cannot listen on ${host} port ${port} for health and metrics: ${(error as Error).message}`;
      throw new Fault('S901', message, { retryable: false, cause: error });
    });
    const address = server.address();
    if (typeof address !== 'object' || address === null) return { host, port };
    return { host: listeningFd === null ? host : address.address, port: address.port };
  }

  function close(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  return { listen, close };
}

function readyAnswer(checks: ReadinessChecks): Answer {
  const ready = Object.values(checks).every((problem) => problem === null);
  const body = {
    ready,
    checks: Object.fromEntries(Object.entries(checks).map(([name, problem]) => [name, problem ?? 'ok'])),
  };
  return { status: ready ? 200 : 503, type: JSON_TYPE, body: `${JSON.stringify(body)}\n` };
}

function send({ method }: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, 'cache-control': 'no-store' });
  response.end(method === 'HEAD' ? undefined : bytes);
}
