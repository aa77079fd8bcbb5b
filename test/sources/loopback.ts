import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A real HTTP server on 127.0.0.1 that keeps what it was asked. */
export interface Loopback extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly asked: IncomingMessage[];
}

/** It has no robots.txt, and does not count who asks for it, unless `handlesRobots` is set. */
export async function loopback(
  handle: (request: IncomingMessage, response: ServerResponse, index: number) => void,
  handlesRobots = false,
): Promise<Loopback> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt' && !handlesRobots) {
      response.writeHead(404).end();
      return;
    }
    asked.push(request);
    handle(request, response, asked.length - 1);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
