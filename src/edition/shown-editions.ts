import type { Delivery } from '../domain/delivery.ts';
import type { Covers } from '../domain/covers.ts';
import type { Edition } from '../domain/edition.ts';
import type { Issue, ShownEdition } from '../domain/edition-span.ts';
import type { Queryable } from '../store/database.ts';
import { editionById, editionsDated } from '../store/editions.ts';
import { combineEditions } from './combine.ts';

/** So many are kept ready: the last ones are asked for thousands of times. */
const issuesKept = 40;

/** Opens what a delivery shows, each once; rejects when its edition is not stored. */
export function openIssues(
  db: Queryable,
): (delivery: Pick<Delivery, 'editionId' | 'covers'>) => Promise<Issue> {
  const opened = new Map<string, Promise<Issue>>();
  return ({ editionId, covers }) => {
    const name = `${editionId} ${covers?.fromDate ?? ''} ${covers?.toDate ?? ''}`;
    const issue = opened.get(name) ?? openIssue(db, editionId, covers);
    const [oldest] = opened.keys();
    if (!opened.has(name) && opened.size >= issuesKept && oldest !== undefined) opened.delete(oldest);
    opened.set(name, issue);
    // A failure is not kept: the next one to ask may have more luck.
    issue.catch(() => opened.get(name) === issue && opened.delete(name));
    return issue;
  };
}

async function openIssue(db: Queryable, editionId: number, covers: Covers | undefined): Promise<Issue> {
  const carrier = await editionById(db, editionId);
  if (!carrier) throw new Error(`there is no edition ${editionId}`);
  return { carrier, shown: covers ? await combined(db, carrier, covers) : carrier };
}

/** The editions of these days up to the one that carries them: what came later with an earlier date is not among them. */
export async function combined(db: Queryable, carrier: Edition, covers: Covers): Promise<ShownEdition> {
  const { digest, number } = carrier;
  const editions = await editionsDated(db, { digest, ...covers });
  return combineEditions(
    editions.filter((edition) => edition.number <= number),
    covers,
  );
}
