import { readAudience } from '../subscribers/audience.ts';
import type { SyncPlan } from '../subscribers/sync-plan.ts';
import { draftSync, syncSubscribers } from '../subscribers/sync.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { faultLine } from './summary.ts';

/** Takes the files into the database, or with `--dry-run` says what that would change. */
export async function syncFiles(context: Context): Promise<ExitCode> {
  return withApp(context, async ({ db, tokens, config }) => {
    const files = await readAudience(config.subscribersDir, config.digests, config.topics);
    const { faults } = files;
    const plan = context.options.dryRun
      ? await draftSync(db, tokens, files)
      : await syncSubscribers(db, tokens, files, context.now());
    if (context.options.json) {
      context.print(JSON.stringify({ ...changesOf(plan), unchanged: plan.unchanged, faults }, undefined, 2));
    } else {
      for (const line of planLines(plan)) context.print(line);
      for (const { address, digest, why } of plan.kept) context.print(`${address}: kept (${why}): ${digest}`);
      for (const fault of faults) context.print(faultLine(fault));
      context.print(
        `${plan.add.length} new, ${plan.change.length} changed, ${plan.kept.length} kept, ${plan.unchanged} as before`,
      );
    }
    return faults.length === 0 ? 0 : 3;
  });
}

/** What the files change, as plain data. */
export function changesOf(plan: SyncPlan) {
  return {
    add: plan.add.map(({ address, subscriptions }) => ({ address, subscriptions })),
    change: plan.change.map(({ subscriber, profile, subscriptions }) => ({
      address: subscriber.address,
      ...(profile && { profile }),
      subscriptions,
    })),
    kept: plan.kept,
  };
}

/** What the files change, a line for each reader. */
export function planLines(plan: SyncPlan): readonly string[] {
  return [
    ...plan.add.map(
      ({ address, subscriptions }) =>
        `${address}: new, ${subscriptions.map(({ digest, state }) => `${digest} ${state}`).join(', ') || 'nothing'}`,
    ),
    ...plan.change.map(({ subscriber, profile, subscriptions }) => {
      const changes = [
        ...(profile ? ['name or hour'] : []),
        ...subscriptions.map(({ digest, what }) => `${what} ${digest}`),
      ];
      return `${subscriber.address}: ${changes.join(', ')}`;
    }),
  ];
}
