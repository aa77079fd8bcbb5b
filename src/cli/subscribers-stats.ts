import { formatInstant } from '../domain/time.ts';
import {
  countDomains,
  countOrigins,
  countSubscriptions,
  countTopics,
  countWeeks,
} from '../store/subscriber-counts.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { barChart } from './subscribers-chart.ts';

const domainsShown = 10;

/** How many readers there are of what, and how many came in the last weeks. */
export async function subscriberStats(context: Context, weeks: number): Promise<ExitCode> {
  return withApp<ExitCode>(context, async ({ db, config }) => {
    const stats = {
      subscriptions: await countSubscriptions(db),
      topics: await countTopics(db),
      origins: await countOrigins(db),
      domains: await countDomains(db, domainsShown),
      weeks: await countWeeks(db, context.now(), weeks),
    };
    if (context.options.json) {
      const byWeek = stats.weeks.map(({ startsAt, ...counts }) => ({
        from: formatInstant(startsAt),
        ...counts,
      }));
      context.print(JSON.stringify({ ...stats, weeks: byWeek }, undefined, 2));
      return 0;
    }
    const { columns, isPlain } = terminal();
    const section = (title: string, lines: readonly string[]): void => {
      if (lines.length === 0) return;
      context.print(title);
      for (const line of lines) context.print(`  ${line}`);
    };
    const chart = (rows: readonly { readonly label: string; readonly count: number }[]) =>
      barChart(
        rows.map(({ label, count }) => ({ label, value: count, note: count.toLocaleString('en') })),
        columns - 2,
        isPlain,
      );
    section(
      'subscriptions',
      chart(stats.subscriptions.map(({ digest, state, count }) => ({ label: `${digest} ${state}`, count }))),
    );
    for (const { key } of config.digests) {
      const own = stats.topics.filter(({ digest }) => digest === key);
      section(
        `topics of ${key}`,
        chart(own.map(({ topic, count }) => ({ label: topic ?? '(all topics)', count }))),
      );
    }
    section('came by', chart(stats.origins.map(({ origin, count }) => ({ label: origin, count }))));
    section('biggest domains', chart(stats.domains.map(({ domain, count }) => ({ label: domain, count }))));
    const bars = stats.weeks.map(({ startsAt, joined, left }) => ({
      label: formatInstant(startsAt).slice(0, 10),
      value: joined,
      note: `+${joined.toLocaleString('en')}${left === 0 ? '' : ` -${left.toLocaleString('en')}`}`,
    }));
    section('joined and left, by the week from Monday', barChart(bars, columns - 2, isPlain));
    const confirmed = stats.subscriptions.filter(({ state }) => state === 'confirmed');
    context.print(`${confirmed.reduce((sum, { count }) => sum + count, 0)} subscriptions get mail`);
    return 0;
  });
}

/** https://no-color.org is about colours; who sets it wants plain text too. */
function terminal(): { readonly columns: number; readonly isPlain: boolean } {
  const { stdout, env } = process;
  const isPlain = !stdout.isTTY || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return { columns: stdout.isTTY ? Math.min(stdout.columns, 120) : 80, isPlain };
}
