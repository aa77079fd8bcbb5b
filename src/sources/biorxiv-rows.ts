import { z } from 'zod';
import type { ListingEntry } from '../domain/listing.ts';
import { paperId } from '../domain/paper.ts';
import { biorxivAbstract, biorxivAuthors, biorxivText } from './biorxiv-text.ts';
import type { ReadItem } from './collect.ts';

export type PreprintServer = 'biorxiv' | 'medrxiv';

const text = z.string().optional().catch(undefined);
/** Whole numbers come as numbers or as text. */
const wholeNumber = z
  .union([z.number(), z.string().transform(Number)])
  .pipe(z.number().int().positive())
  .optional()
  .catch(undefined);

const wireRow = z.object({
  doi: text,
  title: text,
  authors: text,
  author_corresponding_institution: text,
  version: wholeNumber,
  category: text,
  abstract: text,
});

/**
 * The rows of a whole answer as items, each paper once. The API has one row for each version of a paper: the highest
 * stands for it, in the place of the first, and the others are dropped with that reason. It is news when version 1 is
 * among them, else a replacement. Nothing is taken from `published`: that is the DOI of another text, or `NA`.
 */
export function biorxivItems(rows: readonly unknown[], server: PreprintServer): ReadItem[] {
  const items: ReadItem[] = [];
  const places = new Map<string, number>();
  for (const [place, row] of rows.entries()) {
    const item = readRow(row, place, server);
    if ('reason' in item) {
      items.push(item);
      continue;
    }
    const at = places.get(item.paper.id);
    const other = at === undefined ? undefined : items[at];
    if (at === undefined || other === undefined || 'reason' in other) {
      places.set(item.paper.id, items.length);
      items.push(item);
      continue;
    }
    const [kept, left] = versionOf(item) > versionOf(other) ? [item, other] : [other, item];
    const isNew = item.kind === 'new' || other.kind === 'new';
    items[at] = { ...kept, kind: isNew ? 'new' : 'replacement' };
    items.push({
      key: left.sourceKey,
      reason: `expected each paper once; ${kept.sourceKey} is in the same answer`,
    });
  }
  return items;
}

function versionOf({ paper }: ListingEntry): number {
  return paper.version ?? 1;
}

function readRow(row: unknown, place: number, server: PreprintServer): ReadItem {
  const parsed = wireRow.safeParse(row);
  if (!parsed.success) return { key: `row ${place}`, reason: 'expected an object; got something else' };
  const wire = parsed.data;
  const doi = (wire.doi ?? '').trim();
  if (!/^10\.\d{4,9}\/\S+$/.test(doi) || !doi.isWellFormed()) {
    return { key: doi || `row ${place}`, reason: `expected a DOI; got ${doi === '' ? 'none' : `"${doi}"`}` };
  }
  const title = biorxivText(wire.title ?? '');
  if (title === '') return { key: doi, reason: 'expected a title; got none' };
  const { version } = wire;
  const page = `https://www.${server}.org/content/${encodeURI(doi)}`;
  const category = biorxivText(wire.category ?? '');
  const organization = biorxivText(wire.author_corresponding_institution ?? '');
  return {
    sourceKey: version === undefined ? doi : `${doi}v${version}`,
    kind: version === undefined || version === 1 ? 'new' : 'replacement',
    paper: {
      id: paperId({ doi, url: page }),
      ...(version === undefined ? {} : { version }),
      title,
      abstract: biorxivAbstract(wire.abstract ?? ''),
      authors: biorxivAuthors(wire.authors ?? ''),
      categories: category === '' ? [] : [category.toLowerCase()],
      keywords: [],
      links: {
        abstract: page,
        ...(version === undefined ? {} : { pdf: `${page}v${version}.full.pdf` }),
      },
      ...(organization === '' ? {} : { organization }),
      doi,
    },
    signals: [],
  };
}
