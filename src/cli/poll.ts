import type { App } from '../app.ts';
import { hourMs } from '../domain/time.ts';
import { indexForSearch, readSources, type Day } from '../pipeline.ts';
import { sourceStates } from '../store/source-states.ts';
import { isLacking, sourceLines } from './summary.ts';

/** Measured on recordings: read every two hours or more often, ages are as good as exact; at three they are not. */
const pollMs = 2 * hourMs;

/**
 * Reads the sources whose lists grow during their day, where nobody did so in the last two hours. One that was
 * never asked waits for the first edition. Resolves with the names of those that were read.
 */
export async function pollGrowing(app: App, day: Day): Promise<readonly string[]> {
  const states = await sourceStates(app.db);
  const due = app.sources.filter(({ name, growsByDay }) => {
    const askedAt = states.get(name)?.askedAt;
    return growsByDay && askedAt !== undefined && day.now() - askedAt >= pollMs;
  });
  const names = due.map(({ name }) => name);
  if (due.length === 0) return names;
  const { sources } = await readSources({ ...app, sources: due, signals: [] }, day);
  await indexForSearch(app, day);
  for (const line of sources.filter(isLacking).flatMap(sourceLines)) app.log.warn(line);
  app.log.info({ sources: names }, 'sources polled');
  return names;
}
