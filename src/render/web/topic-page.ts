import { editionPath, editionPicks, type Edition } from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { longDate, shortDate } from '../../domain/time.ts';
import type { Topic } from '../../domain/topic.ts';
import { cardView, type CardView } from './card.ts';
import { columnChart } from './chart.ts';
import { topicFeeds } from './feed-links.ts';
import { archivePath, pageHref, topicPath, topicsPath } from './links.ts';
import { pictureOfTopic } from './picture.ts';
import { counted, line } from './prose.ts';
import type { WebPage } from './templates.ts';
import { topicRule } from './topic-rule.ts';
import type { TopicWeek } from './topic-weeks.ts';

/** A topic page lists editions until this many picks are on it; the archive has the rest. */
const enoughPicks = 60;

/**
 * A topic: its last weeks as charts, its rule, its feeds, and the picks that belong to it, wherever they stood, by
 * edition, newest first.
 */
export function topicPage(
  site: Site,
  topic: Topic,
  newestFirst: readonly Edition[],
  weeks: readonly TopicWeek[],
): WebPage {
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
      picks: picks.map((pick) => cardView(site, pick, { in: 'topic', key: topic.key })),
    });
  }
  const picture = pictureOfTopic(site, topic);
  return {
    path: topicPath(topic.key),
    template: 'topic',
    title: name,
    description: `Papers picked for ${name} in ${line(site.title)}, newest first.`,
    feeds: topicFeeds(site, topic),
    isListed: true,
    tab: topicsPath,
    picture: picture.path,
    pictureText: picture.text,
    view: {
      name,
      rule: topicRule(topic),
      charts: chartsOf(name, weeks),
      weeks: weeks.toReversed().map((week) => ({ ...week, date: shortDate(week.monday) })),
      editions,
      feeds: topicFeeds(site, topic),
      topicsHref: pageHref(site, topicsPath),
      archiveHref: pageHref(site, archivePath),
      hasMore: count >= enoughPicks,
    },
  };
}

/** Fewer weeks have no course to show. */
const fewestWeeks = 2;

function chartsOf(name: string, weeks: readonly TopicWeek[]): readonly object[] {
  if (weeks.length < fewestWeeks) return [];
  const chart = (id: string, title: string, unit: string, value: (week: TopicWeek) => number): object => {
    const total = weeks.reduce((sum, week) => sum + value(week), 0);
    const columns = weeks.map((week, index) => ({
      label: index % 3 === (weeks.length - 1) % 3 ? shortDate(week.monday).replace(/^\w+ /, '') : '',
      title: `Week of ${shortDate(week.monday)}: ${counted(value(week), unit)}`,
      value: value(week),
    }));
    const label = `${name}, ${title.toLowerCase()} a week over ${weeks.length} weeks: ${counted(total, unit)} in all, ${value(weeks[weeks.length - 1] ?? noWeek)} in the last week.`;
    return {
      id,
      title,
      note: `${counted(total, unit)} in ${weeks.length} weeks`,
      svg: columnChart(label, columns),
    };
  };
  return [
    chart('papers', 'New papers', 'paper', (week) => week.papers),
    chart('votes', 'Votes for its picks', 'vote', (week) => week.votes),
  ];
}

const noWeek: TopicWeek = { monday: '', papers: 0, picks: 0, votes: 0 };
