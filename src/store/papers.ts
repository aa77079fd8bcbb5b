import type { Author, FieldOrigins, Paper, PaperId, PaperLinks, PaperRecord } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';
import { jsonList, jsonObject } from './json.ts';
import type { PaperRow } from './paper-rows.ts';
import { queueForSearch } from './search-queue.ts';

/** What the store knows of a paper that a listing names. */
export interface StoredPaper {
  readonly paper: Paper;
  /** The source whose title, abstract and authors are shown. */
  readonly textSource: string;
  /** What the asked source said before; undefined when it never named the paper. */
  readonly said?: string;
  /** Whether the asked source ever announced it as new or cross-listed. */
  readonly isNews: boolean;
}

export const paperColumns = [
  'papers.id',
  'papers.version',
  'papers.title',
  'papers.abstract',
  'papers.authors',
  'papers.categories',
  'papers.keywords',
  'papers.links',
  'papers.organization',
  'papers.doi',
  'papers.submitted_at',
  'papers.media_count',
  'papers.submitter_followers',
  'papers.first_seen_at',
  'papers.first_source',
  'papers.text_source',
  'papers.revised_at',
  'papers.comments',
  'papers.withdrawn_at',
  'papers.origins',
] as const;

const rowsPerInsert = 50;

/** The papers of a listing that are known, by id, with what `source` said of them before. */
export async function knownPapers(
  db: Queryable,
  source: string,
  ids: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, StoredPaper>> {
  const known = new Map<PaperId, StoredPaper>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db
      .selectFrom('papers')
      .leftJoin('appearances', (join) =>
        join.onRef('appearances.paper_id', '=', 'papers.id').on('appearances.source', '=', source),
      )
      .select([...paperColumns, 'appearances.said', 'appearances.is_news'])
      .where('papers.id', 'in', chunk)
      .execute();
    for (const row of rows) {
      known.set(row.id, {
        paper: paperFromRow(row),
        textSource: row.text_source,
        isNews: row.is_news === 1,
        ...(row.said !== null && { said: row.said }),
      });
    }
  }
  return known;
}

/** Those of the ids under which a paper is stored. */
export async function storedIds(db: Queryable, ids: readonly PaperId[]): Promise<ReadonlySet<PaperId>> {
  const stored = new Set<PaperId>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db.selectFrom('papers').select('id').where('id', 'in', chunk).execute();
    for (const row of rows) stored.add(row.id);
  }
  return stored;
}

/** Records that papers were taken back, where that is not known; returns those that it was news of. */
export async function withdrawPapers(
  db: Queryable,
  ids: readonly PaperId[],
  at: Instant,
): Promise<readonly PaperId[]> {
  const withdrawn: PaperId[] = [];
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db
      .updateTable('papers')
      .set({ withdrawn_at: at, revised_at: at })
      .where('id', 'in', chunk)
      .where('withdrawn_at', 'is', null)
      .returning('id')
      .execute();
    withdrawn.push(...rows.map((row) => row.id));
  }
  await queueForSearch(db, withdrawn);
  return withdrawn;
}

/** One paper, or undefined. */
export async function findPaper(db: Queryable, id: PaperId): Promise<Paper | undefined> {
  const row = await db
    .selectFrom('papers')
    .select(paperColumns)
    .where('papers.id', '=', id)
    .executeTakeFirst();
  return row && paperFromRow(row);
}

/** Papers first met as news in (fromAt, toAt], by the source they were first met through. */
export async function countAddedBySource(
  db: Queryable,
  fromAt: Instant,
  toAt: Instant,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('papers')
    .innerJoin('appearances', (join) =>
      join
        .onRef('appearances.paper_id', '=', 'papers.id')
        .onRef('appearances.source', '=', 'papers.first_source')
        .on('appearances.is_news', '=', 1),
    )
    .select((select) => ['first_source', select.fn.countAll<number>().as('added')])
    .where('papers.first_seen_at', '>', fromAt)
    .where('papers.first_seen_at', '<=', toAt)
    .groupBy('first_source')
    .execute();
  return new Map(rows.map((row) => [row.first_source, row.added]));
}

export async function insertPapers(
  db: Queryable,
  papers: readonly { readonly paper: Paper; readonly textSource: string }[],
): Promise<void> {
  for (const chunk of chunks(papers, rowsPerInsert)) {
    await db
      .insertInto('papers')
      .values(chunk.map(({ paper, textSource }) => paperRow(paper, textSource)))
      .execute();
  }
  await queueForSearch(
    db,
    papers.map(({ paper }) => paper.id),
  );
}

/** Writes what is now known of a paper; its first sighting stays. */
export async function updatePaper(
  db: Queryable,
  change: {
    readonly id: PaperId;
    readonly record: PaperRecord;
    readonly origins: FieldOrigins;
    readonly textSource: string;
    readonly revisedAt?: Instant;
    readonly withdrawnAt?: Instant;
  },
): Promise<void> {
  await db
    .updateTable('papers')
    .set({
      ...recordColumns(change.record),
      text_source: change.textSource,
      origins: JSON.stringify(change.origins),
      withdrawn_at: change.withdrawnAt ?? null,
      ...(change.revisedAt !== undefined && { revised_at: change.revisedAt }),
    })
    .where('id', '=', change.id)
    .execute();
  await queueForSearch(db, [change.id]);
}

export function paperFromRow(row: PaperRow): Paper {
  return {
    id: row.id,
    ...(row.version !== null && { version: row.version }),
    title: row.title,
    abstract: row.abstract,
    authors: jsonList<Author>(row.authors),
    categories: jsonList<string>(row.categories),
    keywords: jsonList<string>(row.keywords),
    links: jsonObject<PaperLinks>(row.links),
    ...(row.organization !== null && { organization: row.organization }),
    ...(row.doi !== null && { doi: row.doi }),
    ...(row.submitted_at !== null && { submittedAt: row.submitted_at }),
    ...(row.media_count !== null && { mediaCount: row.media_count }),
    ...(row.submitter_followers !== null && { submitterFollowers: row.submitter_followers }),
    firstSeenAt: row.first_seen_at,
    firstSource: row.first_source,
    ...(row.revised_at !== null && { revisedAt: row.revised_at }),
    ...(row.comments !== null && { comments: row.comments }),
    ...(row.withdrawn_at !== null && { withdrawnAt: row.withdrawn_at, isWithdrawn: true }),
    origins: jsonObject<FieldOrigins>(row.origins),
  };
}

function paperRow(paper: Paper, textSource: string): PaperRow {
  return {
    id: paper.id,
    ...recordColumns(paper),
    first_seen_at: paper.firstSeenAt,
    first_source: paper.firstSource,
    text_source: textSource,
    revised_at: paper.revisedAt ?? null,
    withdrawn_at: paper.withdrawnAt ?? null,
    origins: JSON.stringify(paper.origins),
  };
}

function recordColumns(record: PaperRecord) {
  return {
    version: record.version ?? null,
    title: record.title,
    abstract: record.abstract,
    authors: JSON.stringify(record.authors),
    categories: JSON.stringify(record.categories),
    keywords: JSON.stringify(record.keywords),
    links: JSON.stringify(record.links),
    organization: record.organization ?? null,
    doi: record.doi ?? null,
    submitted_at: record.submittedAt ?? null,
    media_count: record.mediaCount ?? null,
    submitter_followers: record.submitterFollowers ?? null,
    comments: record.comments ?? null,
  };
}

/** Number of papers that any source named. */
export async function countPapers(db: Queryable): Promise<number> {
  const row = await db
    .selectFrom('papers')
    .select((select) => select.fn.countAll<number>().as('papers'))
    .executeTakeFirstOrThrow();
  return row.papers;
}
