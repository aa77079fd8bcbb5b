import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How the server answers; undefined leaves the request open for ever. */
export type Manners = (received: Received) => MaybeLater<Answer | undefined>;
type MaybeLater<Value> = Value | Promise<Value>;

export interface Answer {
  readonly status: number;
  readonly body?: string;
}

/** A real server of a subscriber, or of a hub, on every loopback address. */
export interface SubscriberServer extends AsyncDisposable {
  readonly port: number;
  /** Everything it was asked, in order. */
  readonly received: Received[];
  manners: Manners;
  /** Its address at this path, by default on 127.0.0.1. */
  url(path: string, host?: string): string;
  /** The posts to a path so far. */
  posts(path?: string): readonly Received[];
  gets(path?: string): readonly Received[];
  /** Resolves when a request to this path has come, also one that came before. */
  arrival(path: string): Promise<Received>;
  /** Resolves with the next request. */
  next(): Promise<void>;
}

/** Echoes the challenge, takes every document. */
export const willing: Manners = ({ method, query }) =>
  method === 'GET' ? { status: 200, body: query.get('hub.challenge') ?? '' } : { status: 204 };

export async function subscriberServer(manners: Manners = willing): Promise<SubscriberServer> {
  const received: Received[] = [];
  const arrivals = new EventEmitter();
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://subscriber.invalid');
    const { method = '', headers } = request;
    const one = { method, path: pathname, query: searchParams, headers, body };
    received.push(one);
    arrivals.emit('request');
    const said = await it.manners(one);
    if (said) response.writeHead(said.status, { location: '/elsewhere' }).end(said.body);
  }
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  const those = (wanted: string) => (path?: string) =>
    received.filter((one) => one.method === wanted && (path === undefined || one.path === path));
  const it: SubscriberServer = {
    port,
    received,
    manners,
    url: (path, host = '127.0.0.1') => `http://${host}:${port}${path}`,
    posts: those('POST'),
    gets: those('GET'),
    async arrival(path) {
      for (;;) {
        const found = received.find((one) => one.path === path);
        if (found) return found;
        await once(arrivals, 'request');
      }
    },
    next: async () => void (await once(arrivals, 'request')),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return it;
}
