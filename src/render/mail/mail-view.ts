import {
  coverageCounts,
  editionPath,
  leadOrder,
  leadPlaces,
  type EditionSection,
  type Pick,
} from '../../domain/edition.ts';
import { issueNumbers, spanTitle, type ShownEdition } from '../../domain/edition-span.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { longDate, shortDate } from '../../domain/time.ts';
import { ownEdition, type WishEffect } from '../../domain/wish.ts';
import { coverageLines, type CoverageLines } from './coverage.ts';
import type { MailPlan } from './fit.ts';
import { titleLine, updatedLine, type LineView } from './line-view.ts';
import { outsideLine, outsideSentences } from './outside-text.ts';
import { pickView, type PickView } from './pick-view.ts';
import { slots, type SlotValues } from './slots.ts';
import { subjectLine } from './subject.ts';

interface ShownPick extends PickView {
  /** The best pick: the card with the largest title. */
  readonly isLead: boolean;
  readonly isCard: boolean;
  /** Neither card nor row is a title alone. */
  readonly isRow: boolean;
}

interface PicksBlock {
  readonly picks: readonly ShownPick[];
  /** Number of picks behind a link. */
  readonly more: number;
}

interface SectionView extends PicksBlock {
  readonly name: string;
  /** `64 new, 3 shown`. */
  readonly counts: string;
}

interface LinesBlock {
  readonly lines: readonly LineView[];
  readonly more: number;
}

/** All that the templates may name. Plain text, nothing escaped yet; an empty part is undefined. */
export interface MailView {
  readonly subject: string;
  readonly preheader: string;
  /** Picks named, at least by title. */
  readonly shown: number;
  readonly language: string;
  readonly siteTitle: string;
  readonly siteUrl: string;
  readonly editionUrl: string;
  readonly digestName: string;
  /** `Tuesday, 24 November 2026`, or what several editions cover. */
  readonly date: string;
  /** `No. 12`. */
  readonly issue: string;
  /** The editions that were put together, oldest first; undefined in the mail of one. */
  readonly days: readonly { readonly label: string; readonly url: string }[] | undefined;
  readonly isSample: boolean;
  readonly isEmpty: boolean;
  readonly coverage: CoverageLines;
  readonly sections: readonly SectionView[];
  readonly outside: PicksBlock | undefined;
  readonly updated: LinesBlock | undefined;
  readonly alsoNew: LinesBlock | undefined;
  readonly contact: string | undefined;
  readonly postalAddress: string | undefined;
  readonly slots: SlotValues;
}

/** What the readers of some topics get, before it is fitted into a mail. */
export interface SegmentView {
  /** The plan that gives up nothing. */
  readonly full: MailPlan;
  planned(plan: MailPlan): MailView;
}

/** Prepares an edition for the readers of these topics (all of the digest's when undefined) whose wishes have this effect. */
export function segmentView(
  whole: ShownEdition,
  site: Site,
  topics?: readonly string[],
  effect?: WishEffect,
): SegmentView {
  const { edition, pinned, hiddenPicks } = ownEdition(whole, topics, effect);
  const ordered = [...pinned, ...leadOrder(edition)];
  const lead = ordered.find((pick) => !edition.outside.includes(pick)) ?? ordered[0];
  const views = new Map(ordered.map((pick) => [pick, pickView(pick, site, edition)]));
  const updated = edition.updated.map((paper) => updatedLine(paper, site));
  const alsoNew = edition.alsoNew.map((paper) => titleLine(paper, site));
  const frame = frameView({ ...whole, ...edition }, site, lead, pinned);

  function picksBlock(picks: readonly Pick[], plan: MailPlan, mayBeCards: boolean): PicksBlock {
    const shown = picks.flatMap((pick) => {
      const place = ordered.indexOf(pick);
      const view = views.get(pick);
      if (!view || place >= plan.titles) return [];
      const isCard = mayBeCards && place < plan.cards;
      return [{ ...view, isLead: isCard && pick === lead, isCard, isRow: !isCard && place < plan.rows }];
    });
    return { picks: shown, more: picks.length - shown.length };
  }

  function sectionView(section: EditionSection, plan: MailPlan): SectionView {
    const { newInTopics } = coverageCounts(edition, [section.topic]);
    const block = picksBlock(section.picks, plan, true);
    const counts = `${newInTopics} new, ${block.picks.length} shown`;
    return { name: outsideLine(section.name, 60), counts, ...block };
  }

  function pinnedView(plan: MailPlan): readonly SectionView[] {
    if (pinned.length === 0) return [];
    const block = picksBlock(pinned, plan, true);
    return [{ name: 'From those you follow', counts: `${block.picks.length} shown`, ...block }];
  }

  const picks = ordered.length;
  return {
    full: {
      cards: Math.min(picks, leadPlaces),
      rows: picks,
      titles: picks,
      alsoNew: alsoNew.length,
      updated: updated.length,
    },
    planned(plan) {
      const outside = ordered.slice(0, plan.titles).filter((pick) => edition.outside.includes(pick)).length;
      const coverage = coverageLines(whole, topics, {
        shown: plan.titles - outside,
        outside,
        hidden: hiddenPicks,
      });
      const oneLiner = lead ? outsideSentences(lead.paper.abstract, 1, 120) : '';
      return {
        ...frame,
        preheader: [oneLiner, coverage.counts].filter(Boolean).join(' · '),
        shown: plan.titles,
        coverage,
        sections: [...pinnedView(plan), ...edition.sections.map((section) => sectionView(section, plan))],
        outside: edition.outside.length === 0 ? undefined : picksBlock(edition.outside, plan, false),
        updated: linesBlock(updated, plan.updated),
        alsoNew: linesBlock(alsoNew, plan.alsoNew),
      };
    },
  };
}

/** What does not depend on the plan. */
function frameView(edition: ShownEdition, site: Site, lead: Pick | undefined, pinned: readonly Pick[]) {
  const { span } = edition;
  const newest = span?.editions.at(-1)?.editionDate ?? edition.editionDate;
  return {
    subject: subjectLine({
      date: span ? spanTitle(span) : shortDate(edition.editionDate),
      topics: edition.sections.map((section) => outsideLine(section.name, 60)),
      inTopics: edition.sections.reduce((sum, section) => sum + section.picks.length, 0),
      followed: pinned.length,
      outside: edition.outside.length,
      leadTitle: lead && outsideLine(lead.paper.title, 300),
      isSample: site.isSample,
    }),
    language: site.language,
    siteTitle: outsideLine(site.title, 80),
    siteUrl: site.baseUrl,
    editionUrl: siteUrl(site, editionPath({ digest: edition.digest, editionDate: newest })),
    digestName: outsideLine(edition.digestName, 80),
    date: span ? spanTitle(span) : longDate(edition.editionDate),
    issue: issueNumbers(edition),
    days: span?.editions.map(({ editionDate, number }) => ({
      label: `${shortDate(editionDate)}, No. ${number}`,
      url: siteUrl(site, editionPath({ digest: edition.digest, editionDate })),
    })),
    isSample: site.isSample,
    isEmpty: lead === undefined,
    contact: site.contact === undefined ? undefined : outsideLine(site.contact, 254),
    postalAddress: site.postalAddress === undefined ? undefined : outsideLine(site.postalAddress, 300),
    slots,
  };
}

function linesBlock(lines: readonly LineView[], count: number): LinesBlock | undefined {
  return lines.length === 0 ? undefined : { lines: lines.slice(0, count), more: lines.length - count };
}
