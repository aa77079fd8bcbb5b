import type { App } from '../app.ts';
import type { Digest } from '../domain/digest.ts';
import { editionPicks, type Pick } from '../domain/edition.ts';
import { bareId, paperId, type Paper } from '../domain/paper.ts';
import { calendarDate, formatInstant, type CalendarDate, type Instant } from '../domain/time.ts';
import { draftEdition } from '../edition/publish.ts';
import { UsageError } from '../errors.ts';
import { editionOrder } from '../pipeline.ts';
import { scoreFacts } from '../rank/explain.ts';
import { whyNot } from '../rank/why-not.ts';
import { allEditions, findEdition, picksOf } from '../store/editions.ts';
import { findPaper } from '../store/papers.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

interface Answer {
  readonly paper: string;
  readonly title: string;
  readonly digest: string;
  readonly editionDate: CalendarDate;
  readonly isIn: boolean;
  readonly facts: readonly string[];
}

/** Why a paper is, or is not, in an edition, in the facts that decided it. */
export async function why(
  context: Context,
  text: string,
  options: { readonly date?: CalendarDate; readonly digest?: string },
): Promise<ExitCode> {
  const answer = await withApp(context, async (app) => {
    const digest = chosenDigest(app, options.digest);
    const paper = await findPaper(app.db, idOf(text));
    if (!paper) {
      throw new UsageError(
        `no source has named the paper ${text}: expected an arXiv id, a DOI or an address of a paper that was read`,
      );
    }
    return options.date === undefined
      ? ofNextEdition(app, digest, paper, context.now())
      : ofPastEdition(app, digest, paper, options.date);
  });
  if (context.options.json) context.print(JSON.stringify(answer, undefined, 2));
  else {
    context.print(`${bareId(answer.paper)} ${answer.title}`);
    context.print(`${answer.isIn ? 'in' : 'not in'} ${answer.digest} ${answer.editionDate}`);
    for (const fact of answer.facts) context.print(`  ${fact}`);
  }
  return 0;
}

/** The id that a person means: as stored, bare, or inside an address. */
function idOf(text: string): string {
  if (/^(doi|url):/.test(text)) return text;
  const [, own] = /\/p\/(?:arxiv|doi|url)\/(.+?)\/?$/.exec(text) ?? [];
  const [, listed] = /^(?:arxiv:|https?:\/\/huggingface\.co\/papers\/)(.+)$/i.exec(text) ?? [];
  const named = own === undefined ? listed : decodeURIComponent(own);
  if (named !== undefined)
    return /^[0-9a-f]{32}$/.test(named) ? `url:${named}` : paperId({ arxiv: named, doi: named, url: text });
  return paperId({ arxiv: text, doi: text, url: text });
}

function chosenDigest(app: App, key: string | undefined): Digest {
  const digest = key === undefined ? app.digests[0] : app.digests.find((one) => one.key === key);
  if (!digest) {
    throw new UsageError(
      `there is no digest ${key ?? ''}: expected one of ${app.digests.map((one) => one.key).join(', ')}`,
    );
  }
  return digest;
}

async function ofPastEdition(
  app: App,
  digest: Digest,
  paper: Paper,
  editionDate: CalendarDate,
): Promise<Answer> {
  const stored = await findEdition(app.db, digest.key, editionDate);
  if (!stored) {
    const dates = (await allEditions(app.db))
      .filter(({ edition }) => edition.digest === digest.key)
      .map(({ edition }) => edition.editionDate);
    throw new UsageError(
      `${digest.key} has no edition of ${editionDate}: ` +
        (dates.length > 0 ? `there are ${dates.slice(0, 10).join(', ')}` : 'none was published yet'),
    );
  }
  const at = stored.edition.publishedAt;
  const pick = editionPicks(stored.edition).find((one) => one.paper.id === paper.id);
  return pick
    ? answer(digest, paper, editionDate, true, pickFacts(pick))
    : answer(digest, paper, editionDate, false, await absenceFacts(app, digest, paper, editionDate, at));
}

async function ofNextEdition(app: App, digest: Digest, paper: Paper, now: Instant): Promise<Answer> {
  const editionDate = calendarDate(now, digest.zone);
  if (await findEdition(app.db, digest.key, editionDate))
    return ofPastEdition(app, digest, paper, editionDate);
  const { edition } = await draftEdition(app.db, order(app, digest, editionDate, now));
  const pick = editionPicks(edition).find((one) => one.paper.id === paper.id);
  return pick
    ? answer(digest, paper, editionDate, true, pickFacts(pick))
    : answer(digest, paper, editionDate, false, await absenceFacts(app, digest, paper, editionDate, now));
}

function answer(
  digest: Digest,
  paper: Paper,
  editionDate: CalendarDate,
  isIn: boolean,
  facts: readonly string[],
): Answer {
  return { paper: paper.id, title: paper.title, digest: digest.key, editionDate, isIn, facts };
}

function pickFacts(pick: Pick): readonly string[] {
  return [
    `place ${pick.rank} of the edition, section ${pick.topic}`,
    ...(pick.alsoIn.length > 0 ? [`also in ${pick.alsoIn.join(', ')}`] : []),
    pick.why,
    ...scoreFacts(pick.score),
  ];
}

async function absenceFacts(
  app: App,
  digest: Digest,
  paper: Paper,
  editionDate: CalendarDate,
  now: Instant,
): Promise<readonly string[]> {
  const { ranked, selection } = await draftEdition(app.db, order(app, digest, editionDate, now), now);
  const picked = (await picksOf(app.db, paper.id)).find(
    (pick) => pick.digest === digest.key && pick.editionDate < editionDate,
  );
  const own = ranked.find((one) => one.candidate.paper.id === paper.id);
  return [
    `first seen ${formatInstant(paper.firstSeenAt)} through ${paper.firstSource}`,
    ...whyNot({
      paper,
      ranked,
      selection,
      topics: digest.topics,
      topicNames: new Map(app.site.topics.map((topic) => [topic.key, topic.name])),
      windowDays: digest.windowDays,
      mode: digest.mode,
      now,
      ...(picked && { pickedOn: picked.editionDate }),
    }),
    ...(own ? scoreFacts(own.score) : []),
  ];
}

function order(app: App, digest: Digest, editionDate: CalendarDate, now: Instant) {
  return editionOrder(app, { now: () => now, signal: new AbortController().signal }, { digest, editionDate });
}
