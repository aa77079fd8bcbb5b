import { coverageCounts, isMissing } from '../domain/edition.ts';
import { fewestListDays, type Lesson, type ListingLesson } from '../edition/learn.ts';
import type { EditionOutcome } from '../edition/publish.ts';
import type { SourceReport } from '../ingest/ingest.ts';
import type { SignalReport } from '../ingest/signals.ts';
import type { MailReport } from '../mailing.ts';
import type { DayReport, ReadReport, SiteReport } from '../pipeline.ts';
import type { DroppedEntry } from '../domain/listing.ts';
import { formatInstant } from '../domain/time.ts';
import type { TroubledDelivery } from '../store/deliveries.ts';
import type { RowFault } from '../subscribers/audience.ts';
import type { ExitCode } from './exit-code.ts';

/** What a day came to, a line a fact; the last line counts. */
export function dayLines(report: DayReport): readonly string[] {
  return [
    ...readLines(report),
    ...(report.lesson ? [lessonLine(report.lesson)] : []),
    ...report.editions.map((outcome) => editionLine(outcome, report.sources.some(isLacking))),
    siteLine(report.site),
    ...mailLines(report.mails),
    totals(report),
  ];
}

export function readLines({ sources, signals }: ReadReport): readonly string[] {
  return [...sources.flatMap(sourceLines), ...signals.flatMap(signalLines)];
}

/** What ranking learned, or how far it is from learning. */
export function lessonLine(lesson: Lesson): string {
  return lesson.state === 'learned'
    ? `ranking learned anew of ${lesson.papers} papers on ${lesson.listDays} list days, ${lesson.fromDate} to ${lesson.toDate}${listingWords(lesson.listing)}: editions from now on are ranked by it`
    : `ranking not learned: ${lesson.listDays} of the ${fewestListDays} list days that it takes have ended, so the stated constants hold`;
}

function listingWords(listing: ListingLesson | undefined): string {
  return listing
    ? `, and of ${listing.papers} papers without votes, of which ${listing.listed} were listed`
    : '';
}

/** The first few entries that could not be read, each with its reason. */
export function droppedLines(dropped: readonly DroppedEntry[]): readonly string[] {
  return [
    ...dropped.slice(0, 5).map((entry) => `    dropped ${entry.key}: ${entry.reason}`),
    ...(dropped.length > 5 ? [`    and ${dropped.length - 5} more dropped`] : []),
  ];
}

export function sourceLines(report: SourceReport): readonly string[] {
  const sum = (count: (listing: SourceReport['listings'][number]) => number): number =>
    report.listings.reduce((total, listing) => total + count(listing), 0);
  const facts = [
    `${sum((one) => one.announced)} announced`,
    `${sum((one) => one.added)} new`,
    `${sum((one) => one.announcedCrossListed)} cross-listed`,
    `${sum((one) => one.revised)} revised`,
    `${sum((one) => one.signals)} counts`,
    `${sum((one) => one.dropped.length)} dropped`,
  ].filter((fact) => !fact.startsWith('0 '));
  const dropped = report.listings.flatMap((listing) => listing.dropped);
  const state = {
    ok: facts.length > 0 ? facts.join(', ') : 'nothing announced',
    quiet: 'quiet day, nothing announced',
    unchanged: 'unchanged',
    partial: ['PARTIAL', ...facts].join(', '),
    stale: ['STALE', ...facts].join(', '),
    failed: ['FAILED', ...(report.listings.length > 0 ? facts : [])].join(', '),
  }[report.state];
  const isDoubtful = report.state === 'partial' || report.state === 'stale';
  return [
    `${report.source}: ${state}`,
    ...(isDoubtful && report.reason !== undefined ? [`    ${report.reason}`] : []),
    ...report.failures.map((failure) => `    ${failure.requestKey}: ${failure.message}`),
    ...droppedLines(dropped),
  ];
}

function signalLines({ source, state, counted, stored, failures }: SignalReport): readonly string[] {
  const counts = `${counted} ${counted === 1 ? 'count' : 'counts'}, ${stored} changed`;
  const stands = { ok: counts, partial: `PARTIAL, ${counts}`, failed: 'FAILED' }[state];
  return [
    `${source}: ${stands}`,
    ...failures.slice(0, 5).map(({ key, reason }) => `    ${key}: ${reason}`),
    ...(failures.length > 5 ? [`    and ${failures.length - 5} more failures`] : []),
  ];
}

export function editionLine(outcome: EditionOutcome, isIncomplete = false): string {
  switch (outcome.state) {
    case 'nothing new':
      return (
        `${outcome.edition.digest} ${outcome.edition.editionDate}: ` +
        `${isIncomplete ? 'nothing new in what could be read' : 'nothing new'}, no edition`
      );
    case 'published':
    case 'already published': {
      const { edition } = outcome.stored;
      const { newInTopics, shown, outside } = coverageCounts(edition);
      return (
        `${edition.digest} ${edition.editionDate}: edition ${edition.number} ${outcome.state}, ` +
        `${newInTopics} new in its topics, ${shown} shown${outside === 0 ? '' : `, ${outside} from outside`}`
      );
    }
  }
}

export function siteLine(site: SiteReport): string {
  return `site: ${filesWords(site)}${hubWords(site.announcement)}`;
}

export function filesWords({ written, unchanged, removed }: SiteReport): string {
  return `${written} files written, ${unchanged} unchanged, ${removed} removed`;
}

function hubWords(announcement: SiteReport['announcement']): string {
  if (announcement?.state === 'failed') return `; the hub could not be told: ${announcement.reason}`;
  if (!announcement || announcement.changed === 0) return '';
  return `; ${announcement.changed} ${announcement.changed === 1 ? 'feed' : 'feeds'} changed for the hub`;
}

export function mailLines({ editions, sent, troubled, faults }: MailReport): readonly string[] {
  return [
    ...editions.flatMap(({ digest, editionDate, audience }) => {
      if (!audience) return [];
      const leftOut = Object.entries({
        suppressed: audience.leftOut.suppressed,
        unsubscribed: audience.leftOut.unsubscribed,
        unconfirmed: audience.leftOut.unconfirmed,
        'nothing for them': audience.leftOut.nothingForThem,
        'not this time': audience.leftOut.notNow,
      }).filter(([, count]) => count > 0);
      const left = leftOut.map(([why, count]) => `${count} ${why}`).join(', ');
      return [
        `${digest} ${editionDate}: ${audience.prepared} readers${left === '' ? '' : `, left out: ${left}`}`,
      ];
    }),
    ...(sent.blocked === undefined
      ? []
      : [
          `sending paused, nothing counts against any reader: ${sent.blocked}`,
          '    mend it; the next "broadsheet send" goes on, and "broadsheet start" by itself',
        ]),
    ...troubled.map(troubleLine),
    ...(sent.inDoubt > 0
      ? [
          '    in doubt: handed over without an answer; ask your mail server, they are not sent again by themselves',
        ]
      : []),
    ...faults.map(faultLine),
  ];
}

function troubleLine({ address, state, reply, nextAttemptAt }: TroubledDelivery): string {
  const next = nextAttemptAt === undefined ? '' : `; due again ${formatInstant(nextAttemptAt)}`;
  return `    ${address}: ${state.replace('_', ' ')}, ${reply}${next}`;
}

export function faultLine(fault: RowFault): string {
  return `${fault.file}${fault.line > 0 ? `:${fault.line}` : ''}: ${fault.message}`;
}

function totals({ sources, signals, editions, mails }: DayReport): string {
  const read = [...sources.map(isLacking), ...signals.map(isLackingCounts)].map((isMissed) => !isMissed);
  const added = sources.flatMap((source) => source.listings).reduce((sum, listing) => sum + listing.added, 0);
  const made = editions.filter((outcome) => outcome.state === 'published').length;
  return (
    `${read.filter(Boolean).length} of ${read.length} sources read, ${added} new papers, ` +
    `${made} ${made === 1 ? 'edition' : 'editions'} published, ${sentWords(mails)}`
  );
}

/** `3 mails accepted, 1 deferred; 4 wait for a try`. */
export function sentWords({ sent, editions }: MailReport): string {
  const rest = Object.entries({
    deferred: sent.deferred,
    rejected: sent.rejected,
    expired: sent.expired,
    suppressed: sent.suppressed,
    'in doubt': sent.inDoubt,
  }).filter(([, count]) => count > 0);
  const words = [
    `${sent.accepted} ${sent.accepted === 1 ? 'mail' : 'mails'} accepted`,
    ...rest.map(([state, count]) => `${count} ${state}`),
  ].join(', ');
  const waiting = editions.reduce(
    (sum, { states }) => sum + states.pending + states.deferred + states.leased,
    0,
  );
  return waiting === 0 ? words : `${words}; ${waiting} wait for "broadsheet send"`;
}

/** Nothing, or not all, could be had of it. */
export function isLacking({ state }: SourceReport): boolean {
  return state !== 'unchanged' && isMissing({ state });
}

export function isLackingCounts({ state }: SignalReport): boolean {
  return state !== 'ok';
}

export function readExit({ sources, signals }: ReadReport): ExitCode {
  return sources.some(isLacking) || signals.some(isLackingCounts) ? 3 : 0;
}

export function mailsExit({ sent, faults }: MailReport): ExitCode {
  const isWhole =
    sent.blocked === undefined && sent.deferred + sent.rejected + sent.expired + sent.inDoubt === 0;
  return isWhole && faults.length === 0 ? 0 : 3;
}
