import type { ListingEntry } from '../../src/domain/listing.ts';
import { addDays, dayMs, utcMidnight } from '../../src/domain/time.ts';
import type { ReadListing } from '../../src/ingest/store-listing.ts';

/** Two blocks and a bit, so that a listing is stored in several steps. */
export const papersInListing = 4_500;
const firstDate = '2026-01-01';

/**
 * The invented listing of day `number`, from 0: half of its papers are those of the day before with other votes and some
 * with another title. `before` is called when the signals of an entry are asked for: then the papers of its block are
 * written, and the transaction is open.
 */
export function numberedListing(number: number, before?: (place: number) => void): ReadListing {
  const listDate = addDays(firstDate, number);
  const entries = Array.from({ length: papersInListing }, (_, place): ListingEntry => {
    const { signals, ...entry } = numberedEntry(number, (number * papersInListing) / 2 + place);
    return {
      ...entry,
      get signals() {
        before?.(place);
        return signals;
      },
    };
  });
  const readAt = utcMidnight(firstDate) + number * dayMs;
  return {
    requestKey: `date=${listDate}`,
    listing: {
      source: 'numbers',
      listDate,
      readAt,
      announced: entries.length,
      entries,
      dropped: [],
      quiet: false,
      hasVotes: true,
    },
    validators: { etag: `"${number}"` },
  };
}

function numberedEntry(listing: number, paper: number): ListingEntry {
  const id = `${2601 + Math.floor(paper / 90_000)}.${10_000 + (paper % 90_000)}`;
  const edit = paper % 5 === 0 ? listing : 0;
  return {
    sourceKey: id,
    kind: 'new',
    paper: {
      id: `arxiv:${id}`,
      title: `Invented paper ${paper}, text ${edit}`,
      abstract: 'We count what nobody heard of. '.repeat(20),
      authors: [{ name: 'Ada Invented' }],
      categories: ['cs.CL'],
      keywords: [],
      links: { abstract: `https://arxiv.org/abs/${id}` },
      doi: `10.5555/invented.${paper}`,
    },
    signals: [
      { kind: 'upvotes', value: listing + (paper % 7) },
      { kind: 'comments', value: paper % 3 },
    ],
  };
}
