import type { CalendarDate } from '../domain/time.ts';
import type { Paper, PaperRecord } from '../domain/paper.ts';
import type { Queryable } from './database.ts';
import type { PastRange } from './past.ts';
import { paperColumns, paperFromRow } from './papers.ts';

/** A paper as it stood on a list without votes, and what became of it. */
export interface FreshPaper {
  readonly paper: PaperRecord;
  readonly listDate: CalendarDate;
  /** The most votes it ever had, where a source that counts them listed it. */
  readonly votes?: number;
}

/**
 * The papers that sources without votes announced on those list days, by list date and id. `untold` are the ones whose
 * text is known only from a source that counts votes: as it stood before cannot be said of them.
 *
 * What such a source told is left out of the rest: code or pictures known only of papers that were listed there would
 * tell the answer.
 */
export async function freshPast(
  db: Queryable,
  range: PastRange,
): Promise<{ readonly papers: readonly FreshPaper[]; readonly untold: number }> {
  const voting = await db
    .selectFrom('appearances')
    .select('source')
    .where('has_votes', '=', 1)
    .distinct()
    .execute();
  const isVoting = new Set(voting.map((row) => row.source));
  const rows = await db
    .selectFrom('papers')
    .innerJoin(
      (from) =>
        from
          .selectFrom('appearances')
          .select((of) => ['paper_id', of.fn.min('list_date').as('list_date')])
          .where('has_votes', '=', 0)
          .where('is_news', '=', 1)
          .groupBy('paper_id')
          .as('fresh'),
      (join) => join.onRef('fresh.paper_id', '=', 'papers.id'),
    )
    .leftJoin(
      (from) =>
        from.selectFrom('appearances').select('paper_id').where('has_votes', '=', 1).distinct().as('listed'),
      (join) => join.onRef('listed.paper_id', '=', 'papers.id'),
    )
    .leftJoin(
      (from) =>
        from
          .selectFrom('signals')
          .select((of) => ['paper_id', of.fn.max('value').as('votes')])
          .where('kind', '=', 'upvotes')
          .groupBy('paper_id')
          .as('voted'),
      (join) => join.onRef('voted.paper_id', '=', 'papers.id'),
    )
    .select([...paperColumns, 'fresh.list_date', 'listed.paper_id as listed_id', 'voted.votes'])
    .where('fresh.list_date', '>=', range.fromDate ?? '')
    .where('fresh.list_date', '<=', range.toDate ?? '9999-12-31')
    .orderBy('fresh.list_date')
    .orderBy('papers.id')
    .execute();
  const told = rows.filter((row) => !isVoting.has(row.text_source));
  return {
    papers: told.map((row) => ({
      paper: toldWithoutVotes(paperFromRow(row), isVoting),
      listDate: row.list_date,
      ...(row.listed_id !== null && { votes: row.votes ?? 0 }),
    })),
    untold: rows.length - told.length,
  };
}

/** The paper without the fields that only a source that counts votes told. */
function toldWithoutVotes(paper: Paper, isVoting: ReadonlySet<string>): PaperRecord {
  const isTold = (field: keyof Paper['origins']): boolean => !isVoting.has(paper.origins[field] ?? '');
  const { code, project, pdf, abstract } = paper.links;
  return {
    id: paper.id,
    title: paper.title,
    abstract: paper.abstract,
    authors: paper.authors,
    categories: paper.categories,
    keywords: isTold('keywords') ? paper.keywords : [],
    links: {
      abstract,
      ...(pdf !== undefined && { pdf }),
      ...(code !== undefined && isTold('code') && { code }),
      ...(project !== undefined && isTold('project') && { project }),
    },
    ...(paper.version !== undefined && { version: paper.version }),
    ...(paper.comments !== undefined && isTold('comments') && { comments: paper.comments }),
    ...(paper.organization !== undefined && isTold('organization') && { organization: paper.organization }),
    ...(paper.submittedAt !== undefined && isTold('submittedAt') && { submittedAt: paper.submittedAt }),
  };
}
