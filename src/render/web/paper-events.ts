import { editionPath } from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { formatInstant, longDate, shortDate, calendarDate, type Instant } from '../../domain/time.ts';
import { changedWords } from '../changed-words.ts';
import { submittedDate } from '../feed/paper-html.ts';
import { topicLinks, type LinkView } from './card.ts';
import { pageHref } from './links.ts';
import type { PaperPlaces, PickedPaper } from './paper-places.ts';
import { line } from './prose.ts';
import type { EditionPaper } from '../../domain/edition.ts';

/** Something that happened to a paper, as a line of its history. */
export interface EventView {
  readonly iso: string;
  readonly date: string;
  readonly what: string;
  readonly href: string | undefined;
  readonly topic: LinkView | undefined;
  readonly note: string;
}

/** Submitted, first seen, picked, changed: newest first. From the frozen editions alone. */
export function paperEvents(site: Site, paper: EditionPaper, places: PaperPlaces): readonly EventView[] {
  const submittedAt = submittedDate(paper);
  const events: { readonly at: Instant; readonly view: EventView }[] = [
    ...places.updated.map(({ edition, paper: changed }) => ({
      at: edition.publishedAt,
      view: {
        ...dayOf(edition.editionDate),
        what: changed.version === undefined ? 'Revised' : `Version ${changed.version}`,
        href: pageHref(site, editionPath(edition)),
        topic: undefined,
        note: changedWords(changed.fields),
      },
    })),
    ...places.picked.map((picked) => ({ at: picked.edition.publishedAt, view: pickEvent(site, picked) })),
    {
      at: paper.firstSeenAt,
      view: event(paper.firstSeenAt, 'First seen here', `from ${line(paper.source)}`),
    },
    ...(submittedAt === undefined
      ? []
      : [{ at: submittedAt, view: event(submittedAt, 'Submitted by its authors', '') }]),
  ];
  // Equal times keep this order: what happened later stands first.
  return events.toSorted((a, b) => b.at - a.at).map(({ view }) => view);
}

function event(at: Instant, what: string, note: string): EventView {
  const date = calendarDate(at, 'UTC');
  return { iso: formatInstant(at), date: withYear(date), what, href: undefined, topic: undefined, note };
}

function dayOf(date: string): { readonly iso: string; readonly date: string } {
  return { iso: date, date: withYear(date) };
}

/** `Tue 24 Nov 2026`. */
function withYear(date: string): string {
  return `${shortDate(date)} ${longDate(date).slice(-4)}`;
}

function pickEvent(site: Site, { edition, pick }: PickedPaper): EventView {
  const section = edition.sections.find((one) => one.topic === pick.topic);
  const known: LinkView | undefined = topicLinks(site, [pick.topic])[0];
  const topic = known ?? { name: section ? line(section.name) : 'outside the topics', href: '' };
  return {
    ...dayOf(edition.editionDate),
    what: `Picked for ${line(edition.digestName)} No. ${edition.number}`,
    href: pageHref(site, editionPath(edition)),
    topic,
    note: `place ${pick.rank}, score ${pick.score.value.toFixed(1).replace('-', '−')}`,
  };
}
