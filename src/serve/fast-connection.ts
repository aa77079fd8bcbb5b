import type { Socket } from 'node:net';
import type { AnswerBytes } from './answer-bytes.ts';
import { plainRequest, type PlainRequest } from './plain-request.ts';

/** Answers a plain request if it can at once. */
export type PlainHandler = (request: PlainRequest, socket: Socket) => AnswerBytes | undefined;

/** Connections on which nothing but plain requests came so far. */
export interface FastConnections {
  /** Reads the requests of a new connection. */
  take(socket: Socket): void;
  /** Ends every connection after the answers under way. */
  close(): void;
  /** Cuts every connection. */
  cut(): void;
}

/** What node:http answers to a client that says nothing. */
const tooSlow = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Answers plain requests on their connections, without node:http, which costs two thirds of the time of an answer. At
 * the first that is not plain and whole, or that `answer` does not take, the connection is `handOver`'s for good, with
 * every byte that was not answered put back: so what may be said on a connection is decided in one place, and no
 * request that is not whole is ever held here.
 *
 * A client has `firstMs` to say something, `idleMs` between requests, and `silenceMs` to read on; one that does not
 * read is not read either. Times in milliseconds.
 */
export function fastConnections(parts: {
  readonly answer: PlainHandler;
  readonly handOver: (socket: Socket) => void;
  readonly firstMs: number;
  readonly idleMs: number;
  readonly silenceMs: number;
}): FastConnections {
  const { answer, handOver, firstMs, idleMs, silenceMs } = parts;
  const open = new Set<Socket>();

  function take(socket: Socket): void {
    let isNew = true;

    const read = (chunk: Buffer): void => {
      const text = chunk.toString('latin1');
      // Nothing more is answered where an answer could not be sent, or after the end.
      for (let at = 0; at < text.length && socket.writable;) {
        const request = plainRequest(text, at);
        const answered = request && answer(request, socket);
        if (!answered) return leave(at === 0 ? chunk : chunk.subarray(at));
        at = request.end;
        if (isNew) socket.setTimeout(idleMs);
        isNew = false;
        const isFree = send(socket, answered.pieces);
        if (request.isLast) {
          socket.off('data', read).off('drain', readOn);
          socket.setTimeout(silenceMs);
          socket.pause();
          return socket.destroySoon();
        }
        if (isFree) continue;
        socket.setTimeout(silenceMs);
        socket.pause();
        if (at < text.length) socket.unshift(chunk.subarray(at));
        return;
      }
    };
    const readOn = (): void => {
      if (!socket.isPaused()) return;
      socket.setTimeout(idleMs);
      socket.resume();
    };
    const end = (): void => void socket.end();
    const giveUp = (): void => {
      if (isNew) socket.write(tooSlow);
      socket.destroy();
    };
    const forget = (): void => void open.delete(socket);
    const leave = (rest: Buffer): void => {
      forget();
      socket.off('data', read).off('drain', readOn).off('end', end).off('timeout', giveUp);
      socket.off('close', forget).off('error', ignore);
      socket.setTimeout(0);
      if (socket.readableLength === 0) {
        handOver(socket);
        process.nextTick(() => {
          if (!socket.destroyed) socket.emit('data', rest);
        });
        return;
      }
      // More was read meanwhile, which must come after it.
      socket.pause();
      socket.unshift(rest);
      handOver(socket);
      socket.resume();
    };

    open.add(socket);
    socket.setTimeout(firstMs);
    socket.on('data', read).on('drain', readOn).on('end', end).on('timeout', giveUp);
    socket.on('close', forget).on('error', ignore);
  }

  return {
    take,
    close: () => {
      for (const socket of open) socket.destroySoon();
    },
    cut: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Whether more may be sent at once: whether all of it was taken, or little waits. */
function send(socket: Socket, pieces: readonly Uint8Array[]): boolean {
  let isFree = true;
  if (pieces.length > 1) socket.cork();
  for (const piece of pieces) isFree = socket.write(piece);
  if (pieces.length > 1) socket.uncork();
  return isFree || socket.writableLength === 0;
}

/** The connection is closed after an error, and that is all there is to do. */
function ignore(): void {}
