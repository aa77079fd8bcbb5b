import { editionPicks, type Edition } from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import type { Site } from '../../domain/site.ts';
import { shortDate } from '../../domain/time.ts';
import { sparkline } from './chart.ts';
import { siteFeeds, topicFeeds } from './feed-links.ts';
import { pageHref, rankingPath, topicPath, topicsPath } from './links.ts';
import { counted, line } from './prose.ts';
import type { WebPage } from './templates.ts';
import type { TopicWeek } from './topic-weeks.ts';

const latestShown = 2;

/** All topics with their last weeks at a glance, their latest picks and feeds. */
export function topicsPage(
  site: Site,
  newestFirst: readonly Edition[],
  weeks: ReadonlyMap<string, readonly TopicWeek[]>,
): WebPage {
  return {
    path: topicsPath,
    template: 'topics',
    title: 'Topics',
    description: `The ${counted(site.topics.length, 'topic')} of ${line(site.title)}.`,
    feeds: siteFeeds(site),
    isListed: true,
    view: {
      rankingHref: pageHref(site, rankingPath),
      topics: site.topics.map((topic) => {
        const own = weeks.get(topic.key) ?? [];
        const sum = (value: (week: TopicWeek) => number): number =>
          own.reduce((total, week) => total + value(week), 0);
        const span = `${own.length} ${own.length === 1 ? 'week' : 'weeks'}`;
        const name = line(topic.name);
        return {
          name,
          href: pageHref(site, topicPath(topic.key)),
          figures:
            own.length === 0
              ? ''
              : `${counted(
                  sum((week) => week.papers),
                  'new paper',
                )} and ${counted(
                  sum((week) => week.picks),
                  'pick',
                )} in ${span}`,
          chart:
            own.length < 2
              ? ''
              : sparkline(
                  `${name}: new papers a week over ${span}`,
                  own.map((week) => week.papers),
                ),
          latest: latestPicks(site, topic.key, newestFirst),
          feeds: topicFeeds(site, topic),
        };
      }),
    },
  };
}

function latestPicks(site: Site, key: string, newestFirst: readonly Edition[]): readonly object[] {
  const found: object[] = [];
  for (const edition of newestFirst) {
    for (const { topic, alsoIn, paper } of editionPicks(edition)) {
      if (topic !== key && !alsoIn.includes(key)) continue;
      found.push({
        title: line(paper.title),
        href: pageHref(site, paperPath(paper.id)),
        isoDate: edition.editionDate,
        date: shortDate(edition.editionDate),
      });
      if (found.length === latestShown) return found;
    }
  }
  return found;
}
