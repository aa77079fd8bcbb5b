import type { EditionPaper, Pick } from '../../domain/edition.ts';
import { bareId, paperPath } from '../../domain/paper.ts';
import type { Signal } from '../../domain/signal.ts';
import type { Site } from '../../domain/site.ts';
import { calendarDate, longDate, type Instant } from '../../domain/time.ts';
import { viewPath } from '../../domain/view.ts';
import { httpAddress } from '../feed/address.ts';
import { submittedDate } from '../feed/paper-html.ts';
import { cut, firstSentences } from '../text.ts';
import { bibtex } from './bibtex.ts';
import { paperLinks, topicLinks, type LinkView } from './card.ts';
import { citation } from './citation.ts';
import { paperFeeds } from './feed-links.ts';
import { pageHref, rankingPath } from './links.ts';
import { mathsHtml } from './maths-html.ts';
import { paperEvents } from './paper-events.ts';
import type { PaperPlaces } from './paper-places.ts';
import { latestSignals, signalViews } from './paper-signals.ts';
import { counted, line, timeView } from './prose.ts';
import { risAddress } from './ris.ts';
import { scoreView } from './score-view.ts';
import type { WebPage } from './templates.ts';
import { isOpen } from './view-pages.ts';
import { viewNames } from './view-names.ts';

/** What the page of a paper is made of beside the editions. */
export interface PaperFacts {
  /** Oldest first. */
  readonly signals: readonly Signal[];
  /** Where the days of lists over several days begin. */
  readonly zone: string;
  /** Whether the file that cites it stands beside its page. */
  readonly isCited: boolean;
  /** The picture of a page that it belongs to. */
  readonly picture: { readonly path: string; readonly text: string } | undefined;
}

/** A pick, when it was frozen, and the zone of its times where it has one. */
export interface ShownPick {
  readonly pick: Pick;
  readonly at: Instant;
  readonly zone?: string;
}

/** The pick whose facts and score a paper's page shows: the newest of an edition, else of a list. */
export function shownPick({ picked, listed, entered }: PaperPlaces): ShownPick | undefined {
  const [newest] = picked;
  if (newest) {
    return { pick: newest.pick, at: newest.edition.publishedAt, zone: newest.edition.zone };
  }
  const [first] = listed;
  if (first) return { pick: first.pick, at: first.view.madeAt };
  return entered && { pick: entered.pick, at: entered.enteredAt };
}

/** Where the file that cites a paper stands, beside its page. */
export function citationPath(path: string): string {
  return `${path}cite.bib`;
}

/** The page of one paper, with its facts and its score as the newest edition that picked it froze them. */
export function paperPage(site: Site, places: PaperPlaces, shown: ShownPick, facts: PaperFacts): WebPage {
  const { pick, at } = shown;
  const { paper, score } = pick;
  const zone = shown.zone ?? facts.zone;
  const title = line(paper.title);
  const path = paperPath(paper.id);
  // A paper that only stands in lists over several days has no feed.
  const feeds = places.picked.length > 0 ? paperFeeds(site, paper.id, title) : [];
  const latest = latestSignals(paper.counts, at, facts.signals);
  const marks = places.picked.map(({ edition }) => ({
    at: edition.publishedAt,
    title: `Picked for ${line(edition.digestName)} No. ${edition.number}`,
  }));
  return {
    path,
    template: 'paper',
    title: cut(title, 120),
    description: firstSentences(line(paper.abstract), 1, 200),
    feeds,
    isListed: true,
    ...(facts.picture && { picture: facts.picture.path, pictureText: facts.picture.text }),
    view: {
      title,
      authors: paper.authors.map((author) => ({
        name: line(author.name),
        affiliation: author.affiliation === undefined ? undefined : line(author.affiliation),
      })),
      moreAuthors:
        paper.authorCount > paper.authors.length
          ? `${counted(paper.authorCount, 'author')} in all; the last one shown is the last one of the paper`
          : undefined,
      topics: topicLinks(site, [pick.topic, ...pick.alsoIn]),
      abstract: mathsHtml(paper.abstract),
      links: linksOf(paper),
      ...identityView(paper),
      firstSeen: timeView(paper.firstSeenAt, zone),
      source: line(paper.source),
      countedAt: timeView(latest.at, zone),
      counts: latest.counts,
      why: line(pick.why),
      score: scoreView(site, score),
      rankingHref: pageHref(site, rankingPath),
      signals: signalViews(facts.signals, zone, marks),
      hasMarks: marks.length > 0,
      events: paperEvents(site, paper, places),
      lists: places.listed.map(({ view, pick: { rank } }) => ({
        href: pageHref(site, viewPath(view)),
        name: viewNames(view).title,
        place: `place ${rank} of ${view.picks.length}${view.kind !== 'trending' && isOpen(view, facts.zone) ? ' so far' : ''}`,
      })),
      feeds,
      bibtex: bibtex(citation(paper)),
      bibHref: facts.isCited ? pageHref(site, citationPath(path)) : undefined,
      risHref: risAddress(citation(paper)),
    },
  };
}

function identityView(paper: EditionPaper): object {
  const doiUrl = paper.doi === undefined ? undefined : httpAddress(`https://doi.org/${encodeURI(paper.doi)}`);
  const submittedAt = submittedDate(paper);
  return {
    organization: paper.organization === undefined ? undefined : line(paper.organization),
    id: bareId(paper.id),
    idKind: idKinds[paper.id.slice(0, paper.id.indexOf(':'))],
    version: paper.version,
    doi: paper.doi === undefined ? undefined : line(paper.doi),
    doiUrl,
    categories: paper.categories.map(line).join(', '),
    submitted: submittedAt === undefined ? undefined : longDate(calendarDate(submittedAt, 'UTC')),
  };
}

const idKinds: Readonly<Record<string, string | undefined>> = { arxiv: 'arXiv', doi: 'DOI' };

/** arXiv makes HTML of what was submitted since December 2023 (https://info.arxiv.org/about/accessible_HTML.html). */
const firstHtml = 2312;

/** Every place to read it, with those of arXiv and alphaXiv for a paper that is on arXiv. */
function linksOf({ id, links, counts }: EditionPaper): readonly LinkView[] {
  const known = paperLinks(links, counts.stars);
  const isThere = /^https?:\/\/(?:www\.|export\.)?arxiv\.org\//i.test(links.abstract);
  if (!isThere || !id.startsWith('arxiv:')) return known;
  const bare = bareId(id);
  const month = /^(\d{4})\./.exec(bare)?.[1] ?? '0';
  const html = { name: 'html', href: `https://arxiv.org/html/${bare}` };
  return [
    ...known.filter(({ name }) => name === 'abstract' || name === 'pdf'),
    ...(Number(month) >= firstHtml ? [html] : []),
    ...known.filter(({ name }) => name !== 'abstract' && name !== 'pdf'),
    { name: 'alphaXiv', href: `https://www.alphaxiv.org/abs/${bare}` },
  ];
}
