import { z } from 'zod';
import { paperId, parseArxivId, plainLine, type Author, type PaperLinks } from '../domain/paper.ts';
import type { SignalCount } from '../domain/signal.ts';
import { dayMs, parseInstant, type Instant } from '../domain/time.ts';
import type { ReadItem } from './collect.ts';
import { githubRepository, webAddress } from './github.ts';

/*
 * The wire shape. Only what is used is named; a key that is missing or wrong is simply not there.
 * `upvotes` and `githubRepo` are inside `paper`, `numComments` and `submittedBy` beside it.
 */
const text = z.string().optional().catch(undefined);
const count = z.number().int().nonnegative().optional().catch(undefined);
const texts = z.array(text).optional().catch(undefined);
const organization = z.object({ name: text, fullname: text }).optional().catch(undefined);
const author = z.object({ name: text, hidden: z.boolean().optional().catch(undefined) }).catch({});
const person = z.object({ followerCount: count }).optional().catch(undefined);

const wirePaper = z.object({
  id: text,
  title: text,
  summary: text,
  authors: z.array(author).catch([]),
  publishedAt: text,
  submittedOnDailyAt: text,
  submittedOnDailyBy: person,
  upvotes: count,
  githubRepo: text,
  githubStars: count,
  projectPage: text,
  ai_keywords: texts,
  mediaUrls: z.array(z.unknown()).optional().catch(undefined),
  organization,
});

const wireItem = z.object({
  paper: wirePaper,
  title: text,
  summary: text,
  numComments: count,
  submittedBy: person,
  mediaUrls: z.array(z.unknown()).optional().catch(undefined),
  organization,
});

/** Whether a value has the outer form of an item of `GET /api/daily_papers`. */
export function looksLikeDailyPapersItem(value: unknown): boolean {
  return z.object({ paper: z.object({ id: z.unknown() }) }).safeParse(value).success;
}

/**
 * One item of `GET /api/daily_papers`; `place` is its index in the answer, used when it has no id. An item without
 * id, title or summary is dropped with the reason. The outer `publishedAt` is not used: its meaning changed.
 */
export function dailyPapersItem(value: unknown, place: number): ReadItem {
  const parsed = wireItem.safeParse(value);
  if (!parsed.success) {
    return {
      key: `item ${place}`,
      reason: 'expected an object with a paper object in it; got something else',
    };
  }
  const { paper, ...outer } = parsed.data;
  // A lone surrogate cannot stand in an address.
  const id = paper.id?.trim().toWellFormed() ?? '';
  const title = plainLine(paper.title ?? outer.title ?? '');
  const abstract = plainLine(paper.summary ?? outer.summary ?? '');
  const missing = Object.entries({ id, title, summary: abstract }).filter(([, found]) => found === '');
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(', ');
    return { key: id || `item ${place}`, reason: `expected id, title and summary; got no ${names}` };
  }

  const arxiv = parseArxivId(id);
  const listedAt = listingTime(paper.submittedOnDailyAt);
  const submittedAt = parseInstant(paper.publishedAt ?? '');
  const organizationName = nameOf(paper.organization) ?? nameOf(outer.organization);
  const mediaCount = (paper.mediaUrls ?? outer.mediaUrls)?.length;
  const submitterFollowers = outer.submittedBy?.followerCount ?? paper.submittedOnDailyBy?.followerCount;
  const links = linksOf(arxiv?.id, id, paper.githubRepo, paper.projectPage);
  return {
    sourceKey: id,
    kind: 'new',
    paper: {
      id: paperId({ arxiv: id, url: links.abstract }),
      ...(arxiv?.version === undefined ? {} : { version: arxiv.version }),
      title,
      abstract,
      authors: visibleAuthors(paper.authors),
      categories: [],
      keywords: keywordsOf(paper.ai_keywords ?? []),
      links,
      ...(organizationName === undefined ? {} : { organization: organizationName }),
      ...(submittedAt === undefined ? {} : { submittedAt }),
      ...(mediaCount === undefined ? {} : { mediaCount }),
      ...(submitterFollowers === undefined ? {} : { submitterFollowers }),
    },
    ...(listedAt === undefined ? {} : { listedAt }),
    signals: [
      ...signal('upvotes', paper.upvotes),
      ...signal('comments', outer.numComments),
      ...signal('stars', paper.githubStars),
    ],
  };
}

/** The UTC day on which an item was put on the list: `submittedOnDailyAt` tells the day even where it has no time. */
export function dailyPapersListDay(value: unknown): string | undefined {
  const parsed = wireItem.safeParse(value);
  const at = parsed.success ? parseInstant(parsed.data.paper.submittedOnDailyAt ?? '') : undefined;
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 10);
}

/** Since 2026-05-14 the time is midnight UTC of the list day: then only the day is known, not the time. */
function listingTime(submittedOnDailyAt: string | undefined): Instant | undefined {
  const at = parseInstant(submittedOnDailyAt ?? '');
  return at === undefined || at % dayMs === 0 ? undefined : at;
}

function linksOf(
  arxivId: string | undefined,
  id: string,
  githubRepo: string | undefined,
  projectPage: string | undefined,
): PaperLinks {
  const discussion = `https://huggingface.co/papers/${encodeURIComponent(arxivId ?? id)}`;
  const page = webAddress(projectPage ?? '');
  const pageRepository = page === undefined ? undefined : githubRepository(page);
  const code = (githubRepo === undefined ? undefined : githubRepository(githubRepo)) ?? pageRepository;
  const project = pageRepository !== undefined && pageRepository === code ? undefined : page;
  return {
    abstract: arxivId === undefined ? discussion : `https://arxiv.org/abs/${arxivId}`,
    ...(arxivId === undefined ? {} : { pdf: `https://arxiv.org/pdf/${arxivId}` }),
    ...(code === undefined ? {} : { code }),
    ...(project === undefined ? {} : { project }),
    discussion,
  };
}

function visibleAuthors(authors: readonly z.infer<typeof author>[]): Author[] {
  return authors
    .filter(({ hidden }) => hidden !== true)
    .map(({ name }) => ({ name: plainLine(name ?? '') }))
    .filter(({ name }) => name !== '');
}

function keywordsOf(words: readonly (string | undefined)[]): string[] {
  const clean = words.map((word) => plainLine(word ?? '').toLowerCase()).filter((word) => word !== '');
  return [...new Set(clean)];
}

function nameOf(found: z.infer<typeof organization>): string | undefined {
  return [found?.fullname, found?.name].map((name) => plainLine(name ?? '')).find((name) => name !== '');
}

function signal(kind: SignalCount['kind'], value: number | undefined): SignalCount[] {
  return value === undefined ? [] : [{ kind, value }];
}
