import { once } from 'node:events';
import { createServer, IncomingMessage, type Server } from 'node:http';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { UsageError, asError } from '../errors.ts';
import { fastConnections, type FastConnections, type PlainHandler } from './fast-connection.ts';
import type { FastHandler } from './fast-files.ts';
import { graceMs, headersMs, keepAliveBufferMs, keepAliveMs, requestMs, silenceMs } from './patience.ts';

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the last connection is closed, after the signal. */
  readonly closed: Promise<void>;
}

/** What answers requests: `plain` and `fast` where they can, else `fetch`. */
export interface SiteHandler {
  readonly plain?: PlainHandler;
  readonly fast?: FastHandler;
  fetch(request: Request, bindings: HttpBindings): Response | Promise<Response>;
}

const patience = {
  headersTimeout: headersMs,
  requestTimeout: requestMs,
  keepAliveTimeout: keepAliveMs,
  keepAliveTimeoutBuffer: keepAliveBufferMs,
  connectionsCheckingInterval: 5_000,
} as const;
/** Of one request; a longer one is answered 431. */
const maxHeaderBytes = 16 * 1024;

/**
 * Listens on a host and port (0 for any free one) until the signal aborts; then takes no new connection and
 * lets the answers under way end. Clients that are too slow, or say too much, are cut off (408, 431).
 *
 * Throws UsageError when the port is taken or may not be used.
 */
export async function startServer(options: {
  readonly app: SiteHandler;
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}): Promise<RunningServer> {
  const { app, host, port, signal } = options;
  signal.throwIfAborted();
  const listen = getRequestListener(
    (request, bindings) => {
      if (!isHttp1(bindings)) throw new TypeError('expected an HTTP/1 request');
      return app.fetch(request, bindings);
    },
    { hostname: host, overrideGlobalObjects: false },
  );
  const server = createServer({ ...patience, maxHeaderSize: maxHeaderBytes }, (request, response) => {
    if (app.fast?.(request, response) !== true) void listen(request, response);
  });
  server.setTimeout(silenceMs);
  const plain = takePlain(server, app);

  server.listen(port, host);
  try {
    await once(server, 'listening', { signal });
  } catch (thrown) {
    server.close();
    throw listenError(thrown, host, port);
  }

  const closed = once(server, 'close').then(() => undefined);
  signal.addEventListener('abort', () => closeGracefully(server, plain), { once: true });
  if (signal.aborted) closeGracefully(server, plain);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}/`, port: boundPort, closed };
}

function isHttp1(bindings: HttpBindings | Http2Bindings): bindings is HttpBindings {
  return bindings.incoming instanceof IncomingMessage;
}

/** Puts what answers plain requests before the server: it gets the connections on which anything else comes. */
function takePlain(server: Server, app: SiteHandler): FastConnections {
  const listeners = server.listeners('connection');
  const connections = fastConnections({
    answer: (request, socket) => app.plain?.(request, socket),
    handOver: (socket) => {
      for (const listener of listeners) Reflect.apply(listener, server, [socket]);
    },
    firstMs: headersMs,
    idleMs: keepAliveMs + keepAliveBufferMs,
    silenceMs,
  });
  server.removeAllListeners('connection');
  server.on('connection', (socket) => connections.take(socket));
  return connections;
}

function closeGracefully(server: Server, plain: FastConnections): void {
  server.close();
  server.closeIdleConnections();
  plain.close();
  const cut = setTimeout(() => {
    server.closeAllConnections();
    plain.cut();
  }, graceMs);
  server.once('close', () => clearTimeout(cut));
}

function listenError(thrown: unknown, host: string, port: number): Error {
  const error = asError(thrown);
  const where = `${host}:${port}`;
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new UsageError(
        `Port ${port} on ${host} is already in use. Stop the program that uses it, or set another serve.port in the configuration.`,
        { cause: error },
      );
    case 'EACCES':
      return new UsageError(
        `Not allowed to listen on ${where}. Set a serve.port above 1023 in the configuration, or grant the right to use this one.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UsageError(
        `${host} is not an address of this machine. Set serve.host in the configuration to one that is, such as 127.0.0.1.`,
        { cause: error },
      );
    default:
      return error;
  }
}
