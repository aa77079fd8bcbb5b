import type { Listing } from '../domain/listing.ts';
import { isWeekend, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivApiListing, arxivApiPage, looksLikeArxivApi } from './arxiv-api-page.ts';
import { arxivListing } from './arxiv-listing.ts';
import { arxivMailListing, looksLikeArxivMail } from './arxiv-mail-text.ts';
import { arxivOaiPage, looksLikeOai } from './arxiv-oai-page.ts';
import { bibtexPapers, looksLikeBibtex } from './bibtex.ts';
import { capturesIn, looksLikeCapture, type Capture } from './captures.ts';
import { collect, type ReadItem } from './collect.ts';
import { pagePapers } from './daily-papers-page.ts';
import { dayOf } from './file-day.ts';
import { fileText } from './file-text.ts';
import { dailyPapersItem, dailyPapersListDay, looksLikeDailyPapersItem } from './hf-items.ts';
import { looksLikePaperObject, paperLines, paperObject } from './paper-objects.ts';

/** A file of papers, its format found out from its content. */
export type PaperFile =
  | { readonly state: 'captures'; readonly captures: readonly Capture[] }
  | { readonly state: 'listing'; readonly listing: (source: string, now: Instant) => Listing };

/** Reads a file of any format we understand. Throws `SourceError`; for an unknown format it names those understood. */
export async function openPaperFile(path: string, signal?: AbortSignal): Promise<PaperFile> {
  const text = await fileText(path, signal);
  const start = text.trimStart();
  if (start.startsWith('<')) return xmlFile(start, path);
  if (start.startsWith('[')) return jsonArray(start, path);
  if (start.startsWith('{')) return jsonLines(text, start, path);
  if (looksLikeArxivMail(text)) {
    return { state: 'listing', listing: (source, now) => arxivMailListing(text, source, path, now) };
  }
  if (looksLikeBibtex(text)) return plainListing(await bibtexPapers(text), path);
  const papers = pagePapers(text);
  if (papers.length === 0) throw unknownFormat(path, text);
  return plainListing(papers, path);
}

/** An answer of arXiv, saved: of its query API, of OAI-PMH (one part of a list is a listing of its own), or a feed. */
function xmlFile(xml: string, path: string): PaperFile {
  if (looksLikeArxivApi(xml)) {
    const { items, answeredAt } = arxivApiPage(xml, path);
    return {
      state: 'listing',
      listing: (source, now) => arxivApiListing(items, source, answeredAt ?? now, now),
    };
  }
  if (looksLikeOai(xml)) {
    const { items, lastDate, isEmpty } = arxivOaiPage(xml, path);
    const collected = collect(items);
    return {
      state: 'listing',
      listing: (source, now) => ({
        source,
        listDate: lastDate,
        readAt: now,
        ...collected,
        quiet: isEmpty,
        hasVotes: false,
      }),
    };
  }
  return { state: 'listing', listing: (source, now) => arxivListing(xml, source, path, now) };
}

function jsonArray(text: string, path: string): PaperFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new SourceError(
      'malformed',
      `Expected a whole JSON array in ${path}; got one that is cut off or broken. Save it again.`,
      { cause: thrown },
    );
  }
  const items: unknown[] = Array.isArray(value) ? value : [];
  if (items.length === 0 || items.some(looksLikeDailyPapersItem)) return dailyPapersListing(items, path);
  if (items.some(looksLikePaperObject))
    return plainListing(
      items.map((item, index) => paperObject(item, index + 1)),
      path,
    );
  throw unknownFormat(path, text);
}

function jsonLines(text: string, start: string, path: string): PaperFile {
  let first: unknown;
  try {
    first = JSON.parse(start.split('\n', 1)[0] ?? '');
  } catch (thrown) {
    throw unknownFormat(path, text, thrown);
  }
  if (looksLikeCapture(first)) return { state: 'captures', captures: capturesIn(text, path) };
  if (looksLikePaperObject(first)) return plainListing(paperLines(text), path);
  throw unknownFormat(path, text);
}

/** An answer of the Daily Papers API, saved. Its day is the last on which one of its papers was put on the list. */
function dailyPapersListing(items: readonly unknown[], path: string): PaperFile {
  const days = items.map(dailyPapersListDay).filter((day) => day !== undefined);
  const collected = collect(items.map(dailyPapersItem));
  return {
    state: 'listing',
    listing: (source, now) => {
      const listDate = days.toSorted().at(-1) ?? dayOf(path, now);
      const quiet = collected.announced === 0 && isWeekend(listDate);
      return { source, listDate, readAt: now, ...collected, quiet, hasVotes: true };
    },
  };
}

function plainListing(items: readonly ReadItem[], path: string): PaperFile {
  const collected = collect(items);
  return {
    state: 'listing',
    listing: (source, now) => ({
      source,
      listDate: dayOf(path, now),
      readAt: now,
      ...collected,
      quiet: false,
      hasVotes: false,
    }),
  };
}

function unknownFormat(path: string, text: string, cause?: unknown): SourceError {
  const start = text.slice(0, 400).replace(/\s+/g, ' ').trim().slice(0, 60);
  return new SourceError(
    'not-recognised',
    `Expected in ${path} one of: an answer of the Hugging Face Daily Papers API (JSON), recorded answers of it (JSON lines), an arXiv RSS or Atom feed, an answer of arXiv's query API or OAI-PMH, a listing mail of arXiv, papers as JSON lines, BibTeX, or the text of a saved Daily Papers page; got ${start === '' ? 'an empty file' : `"${start}"`}.`,
    { cause },
  );
}
