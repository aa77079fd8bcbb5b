import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { sendBounds, type SendTimes } from '../deliver/send-times.ts';
import type { Instant } from '../domain/time.ts';
import { isMissing } from '../domain/edition.ts';
import { mailShares, type Trouble, type Watched } from '../watch/troubles.ts';
import type { WatchState } from '../watch/state.ts';
import type { RequestTally } from './metrics-requests.ts';

type Labels = Readonly<Record<string, string>>;
type Row = readonly [labels: Labels, value: number | undefined];

/** Of the process, which there is one of: its collectors go on between scrapes. */
let ofProcess: Registry | undefined;

function processRegistry(): Registry {
  if (ofProcess) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}

/** What a scrape is made of. */
export interface ScrapeParts {
  /** Undefined while the database cannot be read. */
  readonly watched: Watched | undefined;
  readonly tally: RequestTally;
  readonly sendTimes: () => readonly SendTimes[];
  readonly version: string;
  readonly now: () => Instant;
}

/** One scrape, in the text format of Prometheus: base units, `_total` for what only grows since the start. */
export async function scrape(
  parts: ScrapeParts,
): Promise<{ readonly text: string; readonly contentType: string }> {
  const register = new Registry();
  const gauge = (name: string, help: string, rows: readonly Row[]): void =>
    addRows(new Gauge({ name, help, labelNames: labelNames(rows), registers: [register] }), rows);

  gauge('broadsheet_build_info', 'The program that runs; always 1.', [
    [{ version: parts.version, node: process.versions.node }, 1],
  ]);
  gauge('broadsheet_database_readable', 'Whether the database could be read for this answer.', [
    [{}, parts.watched ? 1 : 0],
  ]);
  const requests = new Counter({
    name: 'broadsheet_http_requests_total',
    help: 'Answers by what was asked for and the class of their status, since the start or the last reload.',
    labelNames: ['kind', 'status'],
    registers: [register],
  });
  for (const { kind, status, count } of parts.tally.rows()) requests.inc({ kind, status }, count);
  if (parts.watched) addState(gauge, parts.watched, parts.now());

  const texts = await Promise.all([register.metrics(), processRegistry().metrics()]);
  const text = [...texts, sendTimesText(parts.sendTimes())].join('\n');
  return { text, contentType: register.contentType };
}

function labelNames(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(([labels]) => Object.keys(labels)))];
}

function addRows(gauge: Gauge, rows: readonly Row[]): void {
  for (const [labels, value] of rows) if (value !== undefined) gauge.set(labels, value);
}

type AddGauge = (name: string, help: string, rows: readonly Row[]) => void;

function addState(gauge: AddGauge, { state, troubles }: Watched, now: Instant): void {
  addSources(gauge, state);
  addEditions(gauge, state, now);
  addMails(gauge, state, now);
  gauge('broadsheet_database_bytes', 'Size of the database, without its log.', [[{}, state.databaseBytes]]);
  gauge('broadsheet_disk_free_bytes', 'Free where the data are, for the user of the program.', [
    [{}, state.disk.freeBytes],
  ]);
  gauge('broadsheet_disk_size_bytes', 'Size of the file system where the data are.', [
    [{}, state.disk.totalBytes],
  ]);
  gauge('broadsheet_troubles', 'Troubles that last, by how grave they are.', [
    severityRow(troubles, 'warning'),
    severityRow(troubles, 'critical'),
  ]);
}

function severityRow(troubles: readonly Trouble[], severity: Trouble['severity']): Row {
  return [{ severity }, troubles.filter((trouble) => trouble.severity === severity).length];
}

function addSources(gauge: AddGauge, { sources }: WatchState): void {
  const standings = ['ok', 'quiet', 'partial', 'stale', 'failed', 'never read'] as const;
  gauge(
    'broadsheet_source_standing',
    'How a source stood when it was last asked: 1 for that state, 0 for the others.',
    sources.flatMap(({ name, state }) =>
      standings.map((standing): Row => [{ source: name, standing }, state === standing ? 1 : 0]),
    ),
  );
  gauge(
    'broadsheet_source_up',
    'Whether the last reading of a source was good or quiet.',
    sources.map((source): Row => [{ source: source.name }, isMissing(source) ? 0 : 1]),
  );
  gauge(
    'broadsheet_source_last_good_timestamp_seconds',
    'When a source was last read well.',
    sources.map(({ name, lastOkAt }): Row => [{ source: name }, seconds(lastOkAt)]),
  );
  gauge(
    'broadsheet_source_asked_timestamp_seconds',
    'When a source was last asked.',
    sources.map(({ name, askedAt }): Row => [{ source: name }, seconds(askedAt)]),
  );
}

function addEditions(gauge: AddGauge, { digests }: WatchState, now: Instant): void {
  const each = (
    name: string,
    help: string,
    valueOf: (digest: WatchState['digests'][number]) => number | undefined,
  ) =>
    gauge(
      name,
      help,
      digests.map((digest): Row => [{ digest: digest.key }, valueOf(digest)]),
    );
  each('broadsheet_edition_published_timestamp_seconds', 'When the newest edition was published.', (digest) =>
    seconds(digest.newest?.publishedAt),
  );
  each('broadsheet_edition_papers', 'Papers that the newest edition shows.', ({ newest }) => newest?.shown);
  each(
    'broadsheet_edition_new_papers',
    'Papers new in the topics of the newest edition.',
    ({ newest }) => newest?.newInTopics,
  );
  each(
    'broadsheet_edition_lateness_seconds',
    'How long an edition is overdue, after its slot and what it may wait for sources; 0 when none is.',
    ({ due }) => Math.max(0, now - (due?.deadlineAt ?? now)) / 1000,
  );
  each('broadsheet_edition_missed', 'Whether the last slot came to nothing.', ({ missedAt }) =>
    missedAt === undefined ? 0 : 1,
  );
  each('broadsheet_slot_last_timestamp_seconds', 'The last slot whose work ended.', ({ lastSlotAt }) =>
    seconds(lastSlotAt),
  );
  each('broadsheet_slot_next_timestamp_seconds', 'The next slot.', ({ nextSlotAt }) => seconds(nextSlotAt));
}

function addMails(gauge: AddGauge, state: WatchState, now: Instant): void {
  const { queue, deliveries, returned, subscriptions, suppressions } = state;
  gauge('broadsheet_deliveries_open', 'Mails that wait to be sent.', [[{}, queue.open]]);
  gauge('broadsheet_deliveries_due', 'Mails that can be tried now.', [[{}, queue.due]]);
  gauge('broadsheet_deliveries_oldest_due_seconds', 'How long the mail that has waited the longest is due.', [
    [{}, Math.max(0, now - (queue.oldestDueAt ?? now)) / 1000],
  ]);
  gauge('broadsheet_deliveries_in_doubt', "Mails handed over without an answer, in nobody's hands.", [
    [{}, queue.inDoubt],
  ]);
  gauge(
    'broadsheet_deliveries_last_day',
    'Mails of the editions of the last day by state and the class of the last answer of a server.',
    deliveries.map(({ state: stands, reply, count }): Row => [{ state: stands, reply }, count]),
  );
  const kinds = ['hard', 'soft', 'policy', 'complaint', 'unsubscribe'];
  gauge(
    'broadsheet_mail_returned_last_day',
    'What came back about mails in the last day, by kind.',
    kinds.map((kind): Row => [{ kind }, returned[kind] ?? 0]),
  );
  const shares = mailShares(state);
  gauge(
    'broadsheet_mail_share_last_day',
    'Bounces and complaints among the mails of the last day that were taken, refusals among those answered; 0 to 1.',
    (['bounces', 'complaints', 'refusals'] as const).map((what): Row => [{ what }, shares[what]]),
  );
  gauge(
    'broadsheet_subscriptions',
    'Subscriptions by digest and state.',
    subscriptions.map(({ digest, state: stands, count }): Row => [{ digest, state: stands }, count]),
  );
  gauge(
    'broadsheet_suppressions',
    'Addresses that get no mail of a digest or of all, by reason.',
    Object.entries(suppressions).map(([reason, count]): Row => [{ reason }, count]),
  );
}

/** Written here: the library's histogram takes single times, not sums of them. */
function sendTimesText(times: readonly SendTimes[]): string {
  const name = 'broadsheet_mail_submission_seconds';
  const help = 'How long handing a mail over took, by how it ended, since the start or the last reload.';
  const rows = times.flatMap(({ result, upTo, count, sumSeconds }) => [
    ...upTo.map((sum, at) => `${name}_bucket{result="${result}",le="${sendBounds[at] ?? 0}"} ${sum}`),
    `${name}_bucket{result="${result}",le="+Inf"} ${count}`,
    `${name}_sum{result="${result}"} ${sumSeconds}`,
    `${name}_count{result="${result}"} ${count}`,
  ]);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...rows, ''].join('\n');
}

function seconds(at: Instant | undefined): number | undefined {
  return at === undefined ? undefined : at / 1000;
}
