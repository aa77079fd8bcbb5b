import {
  coverageCounts,
  isMissing,
  type Coverage,
  type Edition,
  type EditionSection,
  type SourceState,
  type UpdatedPaper,
} from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { longDate } from '../../domain/time.ts';
import { httpAddress } from '../feed/address.ts';
import { cardView, topicLinks, type CardView, type LinkView } from './card.ts';
import { pageHref, topicPath } from './links.ts';
import { changedWords } from '../changed-words.ts';
import { counted, line, timeView, type TimeView } from './prose.ts';

/** An edition as the home page and its own page show it. */
export interface EditionView {
  readonly name: string;
  readonly number: number;
  readonly date: string;
  readonly isoDate: string;
  readonly published: TimeView;
  readonly status: StatusView;
  readonly sections: readonly SectionView[];
  readonly outside: readonly CardView[];
  readonly updated: readonly ChangeView[];
  readonly alsoNew: readonly TitleView[];
  readonly sources: readonly SourceView[];
  readonly isEmpty: boolean;
}

export interface SectionView {
  readonly anchor: string;
  readonly name: string;
  /** Address of the topic's page; undefined when the topic is no longer configured. */
  readonly href: string | undefined;
  readonly picks: readonly CardView[];
}

/** What an edition covers and what was missing. */
export interface StatusView {
  readonly newInTopics: number;
  /** Picks outside all topics; 0 is not told. */
  readonly outside: number;
  readonly shown: number;
  readonly revised: string | undefined;
  readonly from: TimeView | undefined;
  readonly to: TimeView;
  /** One sentence a source that could not be read. */
  readonly warnings: readonly string[];
}

export interface ChangeView {
  readonly title: string;
  readonly href: string | undefined;
  readonly version: string | undefined;
  readonly changes: string;
}

export interface TitleView {
  readonly title: string;
  readonly href: string | undefined;
  readonly topics: readonly LinkView[];
}

export interface SourceView {
  readonly name: string;
  readonly state: SourceState['state'];
  readonly mark: 'good' | 'quiet' | 'bad';
  readonly note: string;
  readonly added: number;
  readonly read: TimeView | undefined;
}

export function editionView(site: Site, edition: Edition): EditionView {
  const sections = edition.sections.filter((section) => section.picks.length > 0);
  return {
    name: line(edition.digestName),
    number: edition.number,
    date: longDate(edition.editionDate),
    isoDate: edition.editionDate,
    published: timeView(edition.publishedAt, edition.zone),
    status: statusView(edition),
    sections: sections.map((section) => sectionView(site, section)),
    outside: edition.outside.map((pick) => cardView(site, pick)),
    updated: edition.updated.map(changeView),
    alsoNew: edition.alsoNew.map((paper) => ({
      title: line(paper.title),
      href: httpAddress(paper.url),
      topics: topicLinks(site, paper.topics),
    })),
    sources: edition.coverage.sources.map((source) => sourceView(source, edition.zone)),
    isEmpty: sections.length === 0 && edition.outside.length === 0,
  };
}

function sectionView(site: Site, section: EditionSection): SectionView {
  const isConfigured = site.topics.some((topic) => topic.key === section.topic);
  return {
    anchor: `topic-${section.topic}`,
    name: line(section.name),
    href: isConfigured ? pageHref(site, topicPath(section.topic)) : undefined,
    picks: section.picks.map((pick) => cardView(site, pick)),
  };
}

function statusView(edition: Edition): StatusView {
  const { coverage, zone } = edition;
  return {
    ...coverageCounts(edition),
    revised: coverage.revisedPapers === 0 ? undefined : counted(coverage.revisedPapers, 'paper'),
    from: coverage.fromAt === undefined ? undefined : timeView(coverage.fromAt, zone),
    to: timeView(coverage.toAt, zone),
    warnings: coverageWarnings(coverage),
  };
}

/** One sentence for each source that could not be read; empty when nothing was missing. */
function coverageWarnings(coverage: Coverage): readonly string[] {
  return coverage.sources.filter(isMissing).map((source) => {
    const reason = source.reason === undefined ? '' : `: ${line(source.reason).replace(/\.$/, '')}`;
    return `${line(source.name)} ${missingWords[source.state]}${reason}. Papers from it may be missing here.`;
  });
}

const missingWords: Readonly<Record<SourceState['state'], string>> = {
  ok: '',
  quiet: '',
  partial: 'gave only a part',
  stale: 'gave nothing newer',
  failed: 'could not be read',
  'never read': 'has never been read',
};

const sourceMarks = {
  ok: 'good',
  quiet: 'quiet',
  partial: 'bad',
  stale: 'bad',
  failed: 'bad',
  'never read': 'bad',
} as const;

function sourceView(source: SourceState, zone: string): SourceView {
  const quiet = source.state === 'quiet' ? 'announced nothing on this day, as expected' : '';
  return {
    name: line(source.name),
    state: source.state,
    mark: sourceMarks[source.state],
    note: source.reason === undefined ? quiet : line(source.reason),
    added: source.added,
    read: source.lastReadAt === undefined ? undefined : timeView(source.lastReadAt, zone),
  };
}

function changeView(paper: UpdatedPaper): ChangeView {
  return {
    title: line(paper.title),
    href: httpAddress(paper.url),
    version: paper.version === undefined ? undefined : `v${paper.version}`,
    changes: changedWords(paper.fields),
  };
}
