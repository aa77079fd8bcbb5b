import { siteUrl, type Site } from '../../domain/site.ts';
import type { Wish } from '../../domain/subscriber.ts';
import { hasWord, isWished } from '../../domain/wish.ts';
import type { FeedEntries, PaperEntry } from './entries.ts';
import { feedDocument } from './feed-document.ts';
import { tagUri } from './identity.ts';
import type { FeedDocument } from './model.ts';

/** What one reader wants to see. */
export interface PrivateFeedWish extends Wish {
  /** The secret in its address. */
  readonly key: string;
  /** Keys of topics. */
  readonly topics: readonly string[];
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
  return (
    [pick.topic, ...pick.alsoIn].some((topic) => topics.includes(topic)) || isWished(pick.paper, follows)
  );
}
