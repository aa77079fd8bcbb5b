import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { UsageError, asError } from '../errors.ts';

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the last connection is closed, after the signal. */
  readonly closed: Promise<void>;
}

/** How long answers under way may take after the signal before their connections are cut. */
const graceMs = 5_000;

/**
 * Listens on a host and port (0 for any free one) until the signal aborts; then takes no new connection and
 * lets the answers under way end.
 *
 * Throws UsageError when the port is taken or may not be used.
 */
export async function startServer(options: {
  readonly app: Pick<Hono, 'fetch'>;
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}): Promise<RunningServer> {
  const { app, host, port, signal } = options;
  signal.throwIfAborted();
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host, overrideGlobalObjects: false });
  if (!isHttpServer(server)) throw new TypeError('expected an HTTP/1 server');

  server.listen(port, host);
  try {
    await once(server, 'listening', { signal });
  } catch (thrown) {
    server.close();
    throw listenError(thrown, host, port);
  }

  const closed = once(server, 'close').then(() => undefined);
  signal.addEventListener('abort', () => closeGracefully(server), { once: true });
  if (signal.aborted) closeGracefully(server);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}/`, port: boundPort, closed };
}

function isHttpServer(server: object): server is Server {
  return 'closeIdleConnections' in server && 'closeAllConnections' in server;
}

function closeGracefully(server: Server): void {
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
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
