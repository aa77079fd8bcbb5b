import type { Edition } from '../../domain/edition.ts';
import { paperPath, type PaperId } from '../../domain/paper.ts';
import type { Signal } from '../../domain/signal.ts';
import type { PublishedDocument, Site } from '../../domain/site.ts';
import { basisOf, editionName } from '../basis.ts';
import { bibtex } from './bibtex.ts';
import { citation } from './citation.ts';
import { citationPath, paperPage, shownPick } from './paper-page.ts';
import type { PaperPlaces } from './paper-places.ts';
import { pictureOfTopic, type Picture } from './picture.ts';
import type { WebPage } from './templates.ts';
import { isOpen } from './view-pages.ts';

/** The page of a paper and the file that cites it. */
export function paperDocuments(
  places: PaperPlaces,
  of: {
    readonly site: Site;
    readonly zone: string;
    /** Names what all pages are made of. */
    readonly common: string;
    readonly made: (path: string, basis: string, page: () => WebPage) => PublishedDocument;
    readonly pictureOf: (edition: Edition) => Picture | undefined;
    readonly signals: readonly Signal[];
    /** Whether the file that cites it has room beside its page, see `crowdedPapers`. */
    readonly isCited: boolean;
  },
): readonly PublishedDocument[] {
  const shown = shownPick(places);
  if (!shown) return [];
  const { site, zone, common, signals } = of;
  const path = paperPath(places.id);
  const [newest] = places.picked;
  const topic = site.topics.find(({ key }) => key === shown.pick.topic);
  const picture =
    (newest && of.pictureOf(newest.edition)) ?? (topic && pictureOfTopic(site, topic)) ?? undefined;
  const own = newest ? editionName(newest.edition) : basisOf(shown.pick, shown.at);
  const basis = basisOf(
    common,
    own,
    places.picked.map(({ edition, pick }) => [editionName(edition), pick.rank]),
    places.updated.map(({ edition }) => editionName(edition)),
    places.listed.map(({ view, pick }) => [
      view.kind,
      view.period,
      pick.rank,
      view.picks.length,
      isOpen(view, zone),
    ]),
    nameOf(signals),
    picture?.path,
  );
  const page = of.made(path, basis, () =>
    paperPage(site, places, shown, { signals, zone, picture, isCited: of.isCited }),
  );
  if (!of.isCited) return [page];
  return [
    page,
    {
      path: citationPath(path),
      contentType: 'application/x-bibtex; charset=utf-8',
      basis: `${common} ${own}`,
      get body() {
        return bibtex(citation(shown.pick.paper));
      },
    },
  ];
}

/**
 * Papers whose citation file would stand where another paper has its page: `10.1234/x`, when `10.1234/x/cite.bib` is a
 * paper too.
 */
export function crowdedPapers(ids: readonly PaperId[]): ReadonlySet<PaperId> {
  const file = citationPath('/');
  return new Set(ids.filter((id) => id.includes(file)).map((id) => id.slice(0, id.indexOf(file))));
}

/** Counts are only ever added, so that their number, their last time and their sum tell whether one was. */
function nameOf(signals: readonly Signal[]): readonly unknown[] {
  if (signals.length === 0) return [];
  const sum = signals.reduce((total, signal) => total + signal.value, 0);
  return [signals.length, signals.at(-1)?.countedAt, sum];
}
