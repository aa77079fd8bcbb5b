import { coverageCounts, type SourceState } from '../../domain/edition.ts';
import { gapsOf, type Gap, type ShownEdition } from '../../domain/edition-span.ts';
import { calendarDate, shortDate, type Instant } from '../../domain/time.ts';
import { outsideLine } from './outside-text.ts';

/** What an edition covers and what was missing, as lines for the reader. */
export interface CoverageLines {
  /** `214 new in your topics, 12 shown`. */
  readonly counts: string;
  /** From when to when, and what was read. */
  readonly span: string;
  /** One sentence for each source that is missing. */
  readonly missing: readonly string[];
}

/**
 * The coverage lines for a reader of these topics (all when undefined); `named` counts the picks that the mail names, and
 * those that the reader's muted words hide.
 */
export function coverageLines(
  edition: ShownEdition,
  topics: readonly string[] | undefined,
  named: { readonly shown: number; readonly outside: number; readonly hidden: number },
): CoverageLines {
  const { coverage, zone } = edition;
  const { newInTopics } = coverageCounts(edition, topics);
  const to = localTime(coverage.toAt, zone);
  const span = coverage.fromAt === undefined ? `Up to ${to}` : `${localTime(coverage.fromAt, zone)} to ${to}`;
  const facts = [
    `${span} (${zone}): ${many(coverage.newPapers, 'new paper')}, ${coverage.revisedPapers} revised`,
    listed('Read', coverage.sources, 'ok'),
    listed('Nothing announced by', coverage.sources, 'quiet'),
  ];
  return {
    counts: [
      `${newInTopics} new in your topics`,
      `${named.shown} shown`,
      ...(named.outside === 0 ? [] : [`${named.outside} from outside`]),
      ...(named.hidden === 0 ? [] : [`${named.hidden} hidden by your muted words`]),
    ].join(', '),
    span: `${facts.filter(Boolean).join('. ')}.`,
    missing: edition.span
      ? missingOfDays(edition.span.gaps, zone)
      : gapsOf(edition).map(({ source }) => missingSentence(source, zone)),
  };
}

function listed(label: string, sources: readonly SourceState[], state: SourceState['state']): string {
  const names = sources
    .filter((source) => source.state === state)
    .map((source) => outsideLine(source.name, 60));
  return names.length === 0 ? '' : `${label}: ${names.join(', ')}`;
}

/** One sentence for what was the matter with a source, with every day of it and the reason of the last. */
function missingOfDays(gaps: readonly Gap[], zone: string): readonly string[] {
  const groups = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const name = `${gap.source.name}\n${gap.source.state}`;
    groups.set(name, [...(groups.get(name) ?? []), gap]);
  }
  return [...groups.values()].flatMap((group) => {
    const last = group.at(-1);
    const dates = group.map(({ editionDate }) => shortDate(editionDate)).join(', ');
    return last ? [`${dates}: ${missingSentence(last.source, zone)}`] : [];
  });
}

function missingSentence(source: SourceState, zone: string): string {
  const reason = source.reason === undefined ? '' : `: ${outsideLine(source.reason, 200).replace(/\.$/, '')}`;
  const last = source.lastReadAt === undefined ? '' : ` Last read ${localTime(source.lastReadAt, zone)}.`;
  return `${outsideLine(source.name, 60)} ${missingWords[source.state]}${reason}.${last}`;
}

const missingWords: Readonly<Record<SourceState['state'], string>> = {
  ok: '',
  quiet: '',
  partial: 'gave only a part',
  stale: 'gave nothing newer',
  failed: 'could not be read',
  'never read': 'has not been read yet',
};

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `Mon 23 Nov 06:00` in an IANA zone. */
function localTime(at: Instant, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return `${shortDate(calendarDate(at, zone))} ${time.format(at)}`;
}
