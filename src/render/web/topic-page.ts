import { editionPath, editionPicks, type Edition } from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { longDate } from '../../domain/time.ts';
import type { Topic } from '../../domain/topic.ts';
import { cardView, type CardView } from './card.ts';
import { topicFeeds } from './feed-links.ts';
import { pageHref, topicPath } from './links.ts';
import { line } from './prose.ts';
import type { WebPage } from './templates.ts';

/** A topic page lists editions until this many picks are on it; the archive has the rest. */
const enoughPicks = 100;

/** The picks that belong to a topic, wherever they stood, by edition, newest first, with the topic's feeds. */
export function topicPage(site: Site, topic: Topic, newestFirst: readonly Edition[]): WebPage {
  const name = line(topic.name);
  const editions: {
    href: string;
    date: string;
    isoDate: string;
    name: string;
    picks: readonly CardView[];
  }[] = [];
  let count = 0;
  for (const edition of newestFirst) {
    if (count >= enoughPicks) break;
    const picks = editionPicks(edition).filter(
      (pick) => pick.topic === topic.key || pick.alsoIn.includes(topic.key),
    );
    if (picks.length === 0) continue;
    count += picks.length;
    editions.push({
      href: pageHref(site, editionPath(edition)),
      date: longDate(edition.editionDate),
      isoDate: edition.editionDate,
      name: line(edition.digestName),
      picks: picks.map((pick) => cardView(site, pick, topic.key)),
    });
  }
  return {
    path: topicPath(topic.key),
    template: 'topic',
    title: name,
    description: `Papers picked for ${name} in ${line(site.title)}, newest first.`,
    feeds: topicFeeds(site, topic),
    isListed: true,
    view: {
      name,
      rules: topic.include.map(line),
      editions,
      feeds: topicFeeds(site, topic),
      archiveHref: pageHref(site, 'archive/'),
      hasMore: count >= enoughPicks,
    },
  };
}
