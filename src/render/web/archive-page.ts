import type { Digest } from '../../domain/digest.ts';
import { editionPath, editionPicks, type Edition } from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { addDays, longDate, shortDate, weekday, type CalendarDate } from '../../domain/time.ts';
import { monthOf, viewPath, weekOf, type View } from '../../domain/view.ts';
import { digestFeeds } from './feed-links.ts';
import { archivePath, pageHref } from './links.ts';
import { counted, line } from './prose.ts';
import type { WebPage } from './templates.ts';
import { monthName } from './view-names.ts';

/** Every edition in a calendar, the newest month first, with the lists of its weeks and months. */
export function archivePage(
  site: Site,
  digests: readonly Digest[],
  newestFirst: readonly Edition[],
  views: readonly View[],
): WebPage {
  const byDate = Map.groupBy(newestFirst, (edition) => edition.editionDate);
  const dates = [...byDate.keys()].toSorted();
  const missing = missingDays(dates);
  const lists = new Map(views.map((view) => [view.period, pageHref(site, viewPath(view))]));
  const manyDigests = new Set(newestFirst.map((edition) => edition.digest)).size > 1;
  const shown = [...new Set(dates.map((date) => date.slice(0, 7)))].toReversed().map((month) => {
    const editions = newestFirst
      .filter((edition) => edition.editionDate.startsWith(month))
      .toSorted((a, b) => (a.editionDate < b.editionDate ? 1 : -1));
    return {
      id: `month-${month}`,
      name: monthName(month),
      href: lists.get(month),
      weeks: weeksOf(site, month, byDate, missing, lists),
      editions: editions.map((edition) => listedEdition(site, edition, manyDigests)),
      total: counted(editions.length, 'edition'),
    };
  });
  return {
    path: archivePath,
    template: 'archive',
    title: 'Archive',
    description: `Every edition of ${line(site.title)}, by month.`,
    feeds: digests.flatMap((digest) => digestFeeds(site, digest)),
    isListed: true,
    view: { newest: shown[0], older: shown.slice(1) },
  };
}

/** Days without an edition between the first and the last, of weekdays that mostly have one. */
function missingDays(dates: readonly CalendarDate[]): ReadonlySet<CalendarDate> {
  const published = new Set(dates);
  const all: CalendarDate[] = [];
  for (let date = dates[0] ?? ''; date !== '' && date <= (dates.at(-1) ?? ''); date = addDays(date, 1))
    all.push(date);
  const missing = new Set<CalendarDate>();
  for (const same of Map.groupBy(all, weekday).values()) {
    const without = same.filter((date) => !published.has(date));
    if (2 * without.length < same.length) for (const date of without) missing.add(date);
  }
  return missing;
}

/** The weeks of a month from Monday to Sunday; days of other months are empty. */
function weeksOf(
  site: Site,
  month: string,
  byDate: ReadonlyMap<CalendarDate, readonly Edition[]>,
  missing: ReadonlySet<CalendarDate>,
  lists: ReadonlyMap<string, string>,
): readonly object[] {
  const weeks: object[] = [];
  const { fromDate, toDate } = monthOf(`${month}-01`);
  for (let monday = weekOf(fromDate).fromDate; monday <= toDate; monday = addDays(monday, 7)) {
    const { period } = weekOf(monday);
    const days = Array.from({ length: 7 }, (_, index) => addDays(monday, index));
    weeks.push({
      number: Number(period.slice(-2)),
      href: lists.get(period),
      days: days.map((date) => {
        if (!date.startsWith(month)) return { isBlank: true };
        const editions = (byDate.get(date) ?? []).map((edition) => dayLink(site, edition));
        return {
          isBlank: false,
          day: Number(date.slice(8)),
          isoDate: date,
          editions,
          isMissing: missing.has(date),
        };
      }),
    });
  }
  return weeks;
}

function dayLink(site: Site, edition: Edition): object {
  const picks = editionPicks(edition).length;
  return {
    href: pageHref(site, editionPath(edition)),
    name: `${line(edition.digestName)}, ${longDate(edition.editionDate)}`,
    isQuiet: picks === 0,
    picks,
  };
}

function listedEdition(site: Site, edition: Edition, manyDigests: boolean): object {
  const picks = editionPicks(edition);
  const [lead] = picks;
  return {
    href: pageHref(site, editionPath(edition)),
    isoDate: edition.editionDate,
    date: shortDate(edition.editionDate),
    name: manyDigests ? line(edition.digestName) : '',
    shown: picks.length === 0 ? 'quiet day' : counted(picks.length, 'paper'),
    lead: lead && line(lead.paper.title),
  };
}
