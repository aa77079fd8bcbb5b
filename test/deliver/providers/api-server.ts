import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Answer =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | ((response: ServerResponse) => void);

export interface ApiServer {
  readonly url: string;
  /** Whole requests, in order. */
  readonly asked: Asked[];
  answer: Answer;
  /** Destroys the connection when the head of a request came. */
  hangsUp: boolean;
  readonly close: () => Promise<void>;
}

/** An HTTP server of this machine that keeps what it is asked and answers what it is told to. */
export async function apiServer(answer: Answer): Promise<ApiServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (opened.hangsUp) {
      request.socket.destroy();
      return;
    }
    answerTo(request, response).catch(() => {}); // the client hung up
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = '', url: path = '', headers } = request;
    opened.asked.push({ method, path, headers, body });
    const { answer } = opened;
    if (typeof answer === 'function') {
      answer(response);
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json)));
  }
  const opened: ApiServer = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    answer,
    hangsUp: false,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return opened;
}
