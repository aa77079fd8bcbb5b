import type { Digest } from '../domain/digest.ts';
import type { Edition, SourceState } from '../domain/edition.ts';
import { dayMs, type CalendarDate, type Instant } from '../domain/time.ts';
import type { Topic } from '../domain/topic.ts';
import { candidatesFor } from '../store/candidates.ts';
import type { Database } from '../store/database.ts';
import {
  findEdition,
  lastEditionAt,
  picksBefore,
  updatedSince,
  type StoredEdition,
} from '../store/editions.ts';
import { countAddedBySource } from '../store/papers.ts';
import { insertEdition, nextEditionNumber } from '../store/edition-insert.ts';
import { countRevised } from '../store/revisions.ts';
import { sourceStandings } from '../store/source-states.ts';
import { storeFacts } from '../store/paper-facts.ts';
import { basisName } from './basis.ts';
import { learnedAt } from './learn.ts';
import { assembleEdition, hasNews, type Assembled } from './assemble.ts';

/** Of which a new paper may be a follow-up: those of about a year. */
const mostEarlierPicks = 5_000;

/** How often an edition is drafted again because another one took its papers meanwhile. */
const mostTries = 5;

export interface EditionOrder {
  readonly digest: Digest;
  /** All configured topics. */
  readonly topics: readonly Topic[];
  /** Names of the configured sources, in order. */
  readonly sources: readonly string[];
  /** The local date of the slot in the digest's zone. */
  readonly editionDate: CalendarDate;
  readonly now: Instant;
}

export type EditionOutcome =
  | { readonly state: 'published'; readonly stored: StoredEdition }
  /** The digest has an edition of that date: it stands, nothing was made. */
  | { readonly state: 'already published'; readonly stored: StoredEdition }
  /** No new paper since the last edition, or none worth a pick: no edition, no number used, no mail. */
  | { readonly state: 'nothing new'; readonly edition: Edition };

/**
 * The edition that `publishEdition` would freeze at `now`; nothing is stored. With `pickedBefore` set to the
 * time of a past edition and `now` too, it is how that edition came about.
 */
export async function draftEdition(
  db: Database,
  order: EditionOrder,
  pickedBefore?: Instant,
): Promise<Assembled> {
  return (await draft(db, order, pickedBefore)).assembled;
}

interface Draft {
  readonly assembled: Assembled;
  /** Names the rules and the model that what was found out of the papers depends on. */
  readonly basis: string;
}

async function draft(db: Database, order: EditionOrder, pickedBefore?: Instant): Promise<Draft> {
  const { digest, now } = order;
  const lastAt = await lastEditionAt(db, digest.key, now);
  const since = lastAt ?? now - digest.windowDays * dayMs;
  const learned = await learnedAt(db, now);
  const basis = basisName(order.topics, learned?.name);
  const candidates = await candidatesFor(db, {
    digest: digest.key,
    earliestAt: now - digest.windowDays * dayMs,
    now,
    basis,
    ...(lastAt !== undefined && { lastEditionAt: lastAt }),
    ...(pickedBefore !== undefined && { pickedBefore }),
  });
  const assembled = assembleEdition({
    digest,
    topics: order.topics,
    editionDate: order.editionDate,
    number: await nextEditionNumber(db, digest.key),
    now,
    ...(lastAt !== undefined && { lastEditionAt: lastAt }),
    candidates,
    earlierPicks: await picksBefore(db, digest.key, now, mostEarlierPicks),
    updated: await updatedSince(db, digest.key, since, now),
    revisedPapers: await countRevised(db, since, now),
    sources: await statesOf(db, order.sources, since, now),
    ...(learned && { model: learned.model }),
  });
  return { assembled, basis };
}

/**
 * Freezes the digest's edition of that date. A local day has exactly one: when it is there already, or
 * another process stores it first, that one is the answer and stands as it is.
 */
export async function publishEdition(db: Database, order: EditionOrder): Promise<EditionOutcome> {
  const { digest, editionDate } = order;
  const existing = await findEdition(db, digest.key, editionDate);
  if (existing) return { state: 'already published', stored: existing };
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { assembled, basis } = await draft(db, order);
    const { edition, compared } = assembled;
    await storeFacts(
      db,
      basis,
      compared.flatMap(({ candidate: { paper, facts: known }, facts }) => (known ? [] : [{ paper, facts }])),
    );
    if (!hasNews(edition)) return { state: 'nothing new', edition };
    const insertion = await insertEdition(db, edition);
    if (insertion.state === 'stored') return { state: 'published', stored: insertion.stored };
    if (insertion.state === 'already there') return { state: 'already published', stored: insertion.stored };
  }
  throw new Error(
    `the edition ${digest.key} ${editionDate} was overtaken ${mostTries} times by others of its digest; run it again`,
  );
}

async function statesOf(
  db: Database,
  names: readonly string[],
  since: Instant,
  now: Instant,
): Promise<readonly SourceState[]> {
  const added = await countAddedBySource(db, since, now);
  return (await sourceStandings(db, names)).map((source) => ({
    ...source,
    added: added.get(source.name) ?? 0,
  }));
}
