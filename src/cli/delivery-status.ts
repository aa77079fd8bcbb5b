import type { DeliveryState } from '../domain/delivery.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import {
  countByDomain,
  countReplies,
  recipientsOf,
  type DomainCount,
  type RecipientReport,
} from '../store/delivery-report.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { namedEdition } from './named-edition.ts';

const repliesShown = 10;
const domainsShown = 30;

/** In the order of the columns. */
const states = [
  'accepted',
  'deferred',
  'rejected',
  'expired',
  'in_doubt',
  'suppressed',
  'pending',
  'leased',
] as const satisfies readonly DeliveryState[];

type Counts = Readonly<Record<DeliveryState, number>>;

/** Who got an edition and who did not: counts by domain and the last replies, or with `csv` a row for each recipient. */
export async function deliveryStatus(
  context: Context,
  name: string,
  { csv = false }: { readonly csv?: boolean },
): Promise<ExitCode> {
  await withApp(context, async ({ db }) => {
    const { id, edition } = await namedEdition(db, name);
    if (csv) {
      context.print(csvLine(csvColumns));
      for await (const row of recipientsOf(db, id)) {
        context.signal.throwIfAborted();
        context.print(csvLine(csvRow(row)));
      }
      return;
    }
    // One moment for all counts, while senders go on.
    const report = await db.transaction().execute(async (transaction) => ({
      domains: byDomain(await countByDomain(transaction, id)),
      replies: await countReplies(transaction, id, repliesShown),
    }));
    const states = sum(report.domains.map((domain) => domain.states));
    const { digest, editionDate } = edition;
    const whole = { digest, editionDate, audience: total(states), states, ...report };
    if (context.options.json) context.print(JSON.stringify(whole, undefined, 2));
    else for (const line of lines(whole)) context.print(line);
  });
  return 0;
}

interface DomainStates {
  readonly domain: string;
  readonly states: Counts;
}

interface EditionReport {
  readonly digest: string;
  readonly editionDate: string;
  readonly audience: number;
  readonly states: Counts;
  readonly domains: readonly DomainStates[];
  readonly replies: readonly {
    readonly state: DeliveryState;
    readonly reply: string;
    readonly rows: number;
  }[];
}

function byDomain(counts: readonly DomainCount[]): readonly DomainStates[] {
  const domains = new Map<string, Record<DeliveryState, number>>();
  for (const { domain, state, rows } of counts) {
    const known = domains.get(domain) ?? { ...none };
    known[state] += rows;
    domains.set(domain, known);
  }
  return [...domains]
    .map(([domain, states]) => ({ domain, states }))
    .toSorted((a, b) => total(b.states) - total(a.states) || a.domain.localeCompare(b.domain));
}

const none: Counts = {
  pending: 0,
  leased: 0,
  in_doubt: 0,
  accepted: 0,
  deferred: 0,
  rejected: 0,
  expired: 0,
  suppressed: 0,
};

function sum(all: readonly Counts[]): Counts {
  const result = { ...none };
  for (const one of all) for (const state of states) result[state] += one[state];
  return result;
}

function total(counts: Counts): number {
  return states.reduce((all, state) => all + counts[state], 0);
}

function lines({
  digest,
  editionDate,
  audience,
  states: all,
  domains,
  replies,
}: EditionReport): readonly string[] {
  if (audience === 0) return [`${digest} ${editionDate}: no recipients`];
  const shown = domains.slice(0, domainsShown);
  const others = domains.slice(domainsShown);
  const rest = { domain: `${others.length} more domains`, states: sum(others.map((one) => one.states)) };
  const used = states.filter((state) => all[state] > 0);
  const table = [
    ['', 'all', ...used.map(words)],
    ...[...shown, ...(others.length > 0 ? [rest] : []), { domain: 'all', states: all }].map((row) => [
      row.domain,
      String(total(row.states)),
      ...used.map((state) => String(row.states[state])),
    ]),
  ];
  return [
    `${digest} ${editionDate}: ${audience} recipients`,
    ...aligned(table),
    ...replies.map(({ state, reply, rows }) => `${rows} ${words(state)}: ${reply}`),
  ];
}

function words(state: DeliveryState): string {
  return state.replace('_', ' ');
}

/** Names to the left, numbers to the right. */
function aligned(table: readonly (readonly string[])[]): readonly string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}

const csvColumns = [
  'address',
  'domain',
  'state',
  'attempts',
  'code',
  'reply',
  'prepared at',
  'ended at',
  'due again at',
  'message id',
];

function csvRow(row: RecipientReport): readonly string[] {
  return [
    row.address,
    row.domain,
    words(row.state),
    String(row.attempts),
    row.code === undefined ? '' : String(row.code),
    row.reply ?? '',
    timeText(row.preparedAt),
    timeText(row.endedAt),
    timeText(row.nextAttemptAt),
    row.messageId,
  ];
}

function timeText(at: Instant | undefined): string {
  return at === undefined ? '' : formatInstant(at);
}

/** A record of RFC 4180 but for the LF at its end, which printing adds. */
function csvLine(cells: readonly string[]): string {
  const written = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${written.join(',')}\r`;
}
