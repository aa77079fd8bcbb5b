/**
 * The process that looks into the search index of SQLite: `search-process.ts DATABASE`, started by `openSearcher`,
 * which it answers over its channel. It only reads, one question at a time, and ends with whoever started it.
 *
 * A process and not a thread: node:sqlite cannot break off a statement, and `Worker.terminate()` waits until it has
 * ended by itself. A process can be killed in the middle; a reader of a WAL leaves nothing behind.
 */
import { DatabaseSync } from 'node:sqlite';
import { asError } from '../errors.ts';
import { searchQuestionForm, type SearchAnswer, type SearchLook } from './search-look.ts';

const busyTimeoutMs = 1_000;

const matchingRows = `select search_index.rowid as seq
  from search_index cross join search_papers on search_papers.seq = search_index.rowid
  where search_index match ? and search_papers.dated_on >= ? and search_papers.dated_on < ?
  order by search_index.rowid desc limit ?`;
const everyRow = `select seq from search_papers where dated_on >= ? and dated_on < ? order by seq desc limit ?`;

/** A function that looks into the index of this database file. */
function opened(path: string): (look: SearchLook) => number[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
  const [matching, every] = [database.prepare(matchingRows), database.prepare(everyRow)];
  /**
   * The rows of at most `limit` papers, those met last first. The index gives its rows in this order, so that the limit
   * ends the work: mostly that is a few milliseconds. Phrases of words that stand everywhere, in an order in which they
   * stand nowhere, take seconds where papers are many. To look at the papers in portions would cost more than it
   * helps: FTS5 begins each time at the newest one, and goes on past the end of the portion to the next match.
   */
  return ({ expression, after, before, limit }) => {
    const rows =
      expression === undefined
        ? every.all(after, before, limit)
        : matching.all(expression, after, before, limit);
    return rows.map(({ seq }) => Number(seq));
  };
}

function answerTo(message: unknown, look: (look: SearchLook) => number[]): SearchAnswer {
  try {
    return { state: 'found', rows: searchQuestionForm.parse(message).looks.map(look) };
  } catch (thrown) {
    return { state: 'failed', reason: asError(thrown).message };
  }
}

function send(answer: SearchAnswer): void {
  process.send?.(answer);
}

// A stop from the terminal reaches the whole group; whoever started this one ends it when its answers are given.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
try {
  const look = opened(process.argv[2] ?? '');
  process.on('message', (message) => send(answerTo(message, look)));
  send({ state: 'ready' });
} catch (thrown) {
  send({ state: 'failed', reason: asError(thrown).message });
}
