import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { secondMs } from '../domain/time.ts';
import { StoreError, asError } from '../errors.ts';
import { programFile } from '../program-files.ts';
import { searchAnswerForm, type SearchAnswer, type SearchLook } from './search-look.ts';

/** Why there is no answer: the search takes too long, or others before it do. */
export type NoSearchAnswer = 'too hard' | 'busy';

/** Looks into the search index beside everything else that the program does. Close it with `await using`. */
export interface Searcher extends AsyncDisposable {
  /** The rows of each look, in their order. Throws StoreError when the index cannot be read. */
  look(looks: readonly SearchLook[]): Promise<readonly (readonly number[])[] | NoSearchAnswer>;
}

export interface SearcherLimits {
  /** For one search; then it is broken off. */
  readonly mostMs: number;
  /** How long one may wait for others. */
  readonly mostWaitMs: number;
}

export const searcherLimits: SearcherLimits = { mostMs: 2 * secondMs, mostWaitMs: 4 * secondMs };

/** Beyond this the machine has no process to give. */
const mostStartMs = 20 * secondMs;
const program = fileURLToPath(programFile('store/search-process'));

/**
 * A searcher over a database file in SQLite. It has one process, which begins with the first search and is killed
 * when a search takes too long; the next search has another one. On PostgreSQL a `statement_timeout` does all of this.
 */
export function openSearcher(databasePath: string, limits: SearcherLimits = searcherLimits): Searcher {
  let started: Promise<ChildProcess> | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function start(): Promise<ChildProcess> {
    const child = fork(program, [databasePath], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // The program may end while a search process waits for a question.
    child.on('error', () => undefined);
    child.unref();
    child.channel?.unref();
    const first = await reply(child, mostStartMs);
    if (first !== 'too long' && first.state === 'ready') return child;
    await end(child);
    const reason = first !== 'too long' && first.state === 'failed' ? first.reason : 'it took too long';
    throw new StoreError(`${databasePath} could not be opened for a search: ${reason}`);
  }

  async function running(): Promise<ChildProcess> {
    const child = await started?.catch(() => undefined);
    if (child?.connected === true) return child;
    started = start();
    return started;
  }

  async function answer(looks: readonly SearchLook[]): Promise<readonly (readonly number[])[] | 'too hard'> {
    const child = await running();
    const answered = reply(child, limits.mostMs);
    child.send({ looks });
    const said = await answered;
    if (said === 'too long') {
      started = undefined;
      await end(child);
      return 'too hard';
    }
    if (said.state === 'found') return said.rows;
    throw new StoreError(`the search index could not be read: ${said.state === 'failed' ? said.reason : ''}`);
  }

  return {
    look: (looks) => {
      const askedAt = performance.now();
      const turn = before.then(async () =>
        isClosed || performance.now() - askedAt > limits.mostWaitMs ? 'busy' : answer(looks),
      );
      before = turn.catch(() => undefined);
      return turn;
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      const child = await started?.catch(() => undefined);
      if (child) await end(child);
    },
  };
}

/** What the process says next. Throws StoreError when it ends instead. */
async function reply(child: ChildProcess, mostMs: number): Promise<SearchAnswer | 'too long'> {
  const { promise, resolve, reject } = Promise.withResolvers<SearchAnswer | 'too long'>();
  const heard = (message: unknown): void => {
    try {
      resolve(searchAnswerForm.parse(message));
    } catch (thrown) {
      reject(asError(thrown));
    }
  };
  const gone = (): void => reject(new StoreError('the process that searches ended before it had answered'));
  const timer = setTimeout(() => resolve('too long'), mostMs);
  child.once('message', heard);
  child.once('exit', gone);
  child.once('error', gone);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', heard);
    child.off('exit', gone);
    child.off('error', gone);
  }
}

/** Killed, and gone when it resolves. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = Promise.withResolvers<void>();
  child.once('exit', () => gone.resolve());
  // Waited for, also by a program with nothing else to do.
  child.ref();
  child.kill('SIGKILL');
  await gone.promise;
}
