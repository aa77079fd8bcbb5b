import type { FormerFacts } from '../domain/past.ts';
import type { Paper, PaperId } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { jsonObject } from './json.ts';

/** Keeps what was known of a paper until `untilAt`; of two changes at one time the first holds. */
export async function keepFormerFacts(db: Queryable, paper: Paper, untilAt: Instant): Promise<void> {
  const { authors, links, organization, mediaCount, submitterFollowers } = paper;
  const facts: FormerFacts['facts'] = {
    authors,
    links,
    organization,
    mediaCount,
    submitterFollowers,
  };
  await db
    .insertInto('former_facts')
    .values({ paper_id: paper.id, until_at: untilAt, facts: JSON.stringify(facts) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Of each paper that changed, oldest first. */
export async function formerFacts(db: Queryable): Promise<ReadonlyMap<PaperId, FormerFacts[]>> {
  const rows = await db
    .selectFrom('former_facts')
    .select(['paper_id', 'until_at', 'facts'])
    .orderBy('paper_id')
    .orderBy('until_at')
    .execute();
  const byPaper = new Map<PaperId, FormerFacts[]>();
  for (const row of rows) {
    const list = byPaper.get(row.paper_id) ?? [];
    list.push({ untilAt: row.until_at, facts: jsonObject<FormerFacts['facts']>(row.facts) });
    byPaper.set(row.paper_id, list);
  }
  return byPaper;
}
