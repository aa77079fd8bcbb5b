import type { EditionPaper } from '../../domain/edition.ts';
import { foldedName, follow } from '../../domain/follow.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import type { Follows } from '../../domain/subscriber.ts';
import type { FeedEntries, PaperEntry } from './entries.ts';
import { feedDocument } from './feed-document.ts';
import { isFollowed } from './follow.ts';
import { tagUri } from './identity.ts';
import type { FeedDocument } from './model.ts';

/** What one reader wants to see. */
export interface PrivateFeedWish {
  /** The secret in its address. */
  readonly key: string;
  /** Keys of topics. */
  readonly topics: readonly string[];
  readonly follows: Follows;
  readonly muted: readonly string[];
}

const mostItems = 100;

/**
 * The picked papers of a reader's topics and of whom and what they follow, without those that name a muted word, newest
 * first. Their entries are the same as in the public feeds. It has no hub and no archive, and its id does not hold the
 * secret, so that a new address is still the same feed. `feedId` names the reader.
 */
export function privateFeed(
  site: Site,
  entries: FeedEntries,
  wish: PrivateFeedWish,
  feedId: string,
): FeedDocument {
  const items = entries.picked
    .filter((entry) => isWanted(entry, wish) && !hasWord(entry.pick.paper, wish.muted))
    .slice(0, mostItems)
    .map((entry) => entry.item(false));
  const { hubUrl: _, ...document } = feedDocument(
    site,
    {
      name: { kind: 'all' },
      title: `${site.title} · for you`,
      subtitle: 'The papers of your topics and of those you follow. This address is yours alone.',
    },
    { items },
  );
  const url = (format: string): string => siteUrl(site, `f/${wish.key}/${format}`);
  return {
    ...document,
    id: tagUri(site, 'feed', `private/${feedId}`),
    formatUrls: { rss: url('rss.xml'), atom: url('atom.xml'), json: url('feed.json') },
  };
}

function isWanted({ pick }: PaperEntry, { topics, follows }: PrivateFeedWish): boolean {
  if ([pick.topic, ...pick.alsoIn].some((topic) => topics.includes(topic))) return true;
  const followed = [
    ...follows.authors.map((name) => follow('author', name)),
    ...follows.labs.map((name) => follow('lab', name)),
  ];
  return (
    followed.some((one) => one !== undefined && isFollowed(pick.paper, one)) ||
    hasWord(pick.paper, follows.words)
  );
}

/** Whole words, in any case and without accents. */
function hasWord({ title, abstract }: EditionPaper, words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const text = ` ${foldedName(`${title} ${abstract}`)} `;
  return words.some((word) => {
    const folded = foldedName(word);
    return folded !== '' && text.includes(` ${folded} `);
  });
}
