import { isAddress, type StoredSubscriber, type Subscription } from '../domain/subscriber.ts';
import { UsageError } from '../errors.ts';
import { eraseAddress } from '../store/erasure.ts';
import { findSubscriber } from '../store/subscribers.ts';
import { suppressedHashes } from '../store/suppressions.ts';
import { readAudience } from '../subscribers/audience.ts';
import { storedSubscribers } from '../subscribers/readers.ts';
import type { SyncPlan } from '../subscribers/sync-plan.ts';
import { draftSync, syncSubscribers } from '../subscribers/sync.ts';
import type { App } from '../app.ts';
import { refuseDryRun, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { faultLine } from './summary.ts';

/** Every reader with what they get, from the files as they stand now and from the pages; and what is wrong in the files. */
export async function listSubscribers(context: Context): Promise<ExitCode> {
  return withApp(context, async (app) => {
    const { faults, plan, readers } = await reconciled(context, app, false);
    if (context.options.json) {
      context.print(JSON.stringify({ subscribers: readers, pending: changesOf(plan), faults }, undefined, 2));
    } else {
      for (const reader of readers) context.print(readerLine(reader));
      for (const line of planLines({ ...plan, add: [] }))
        context.print(`in the files, not yet taken in: ${line}`);
      for (const fault of faults) context.print(faultLine(fault));
      const subscribed = readers.filter(({ subscriptions }) => subscriptions.some(({ gets }) => gets));
      context.print(`${subscribed.length} readers, ${faults.length} faults`);
    }
    return faults.length === 0 ? 0 : 3;
  });
}

/** Takes the files into the database, or with `--dry-run` says what that would change. */
export async function syncFiles(context: Context): Promise<ExitCode> {
  return withApp(context, async (app) => {
    const { faults, plan } = await reconciled(context, app, context.options.dryRun !== true);
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

/** Forgets a reader; only a keyed hash stays, so that no file and no import brings them back. */
export async function eraseSubscriber(context: Context, address: string): Promise<ExitCode> {
  refuseDryRun(context);
  if (!isAddress(address.trim())) {
    throw new UsageError(`expected a mail address such as ada@example.org, got ${JSON.stringify(address)}`);
  }
  await withApp(context, async ({ db, tokens }) => {
    const addressHash = tokens.addressHash(address);
    const isKnown = (await findSubscriber(db, addressHash)) !== undefined;
    await eraseAddress(db, addressHash, context.now());
    const what = isKnown ? 'erased' : 'was no subscriber; it gets no mail from now on';
    context.print(context.options.json ? JSON.stringify({ isKnown }) : `${address.trim()}: ${what}`);
  });
  return 0;
}

type Listable = Pick<StoredSubscriber, 'address' | 'addressHash' | 'name'> & {
  readonly origin: string;
  readonly subscriptions: readonly Subscription[];
};

interface ListedReader {
  readonly address: string;
  readonly name?: string;
  readonly origin: string;
  readonly subscriptions: readonly {
    readonly digest: string;
    readonly topics?: readonly string[];
    /** Whether mail of it goes to them. */
    readonly gets: boolean;
    /** `confirmed`, `pending`, `unsubscribed`, or `left` where the list of suppressions has it. */
    readonly state: string;
  }[];
}

async function reconciled(context: Context, app: App, isForReal: boolean) {
  const { db, tokens, config } = app;
  const files = await readAudience(config.subscribersDir, config.digests, config.topics);
  const plan = isForReal
    ? await syncSubscribers(db, tokens, files, context.now())
    : await draftSync(db, tokens, files);
  const left = new Map<string, ReadonlySet<string>>();
  for (const { key } of config.digests) left.set(key, await suppressedHashes(db, key));
  const readers: ListedReader[] = [];
  for await (const subscriber of storedSubscribers(db)) readers.push(listed(subscriber, left));
  if (!isForReal) {
    const origin = 'file, taken in with the next sending or "subscribers sync"';
    for (const reader of plan.add) readers.push(listed({ ...reader, origin }, left));
  }
  return { faults: files.faults, plan, readers };
}

function listed(
  { address, addressHash, name, origin, subscriptions }: Listable,
  left: ReadonlyMap<string, ReadonlySet<string>>,
): ListedReader {
  return {
    address,
    ...(name !== undefined && { name }),
    origin,
    subscriptions: subscriptions.map(({ digest, topics, state }) => {
      const hasLeft = left.get(digest)?.has(addressHash) ?? false;
      const gets = state === 'confirmed' && !hasLeft;
      return { digest, ...(topics && { topics }), gets, state: hasLeft ? 'left' : state };
    }),
  };
}

function readerLine({ address, name, origin, subscriptions }: ListedReader): string {
  const choices = subscriptions.map(
    ({ digest, topics, state }) => `${digest} (${topics ? topics.join(', ') : 'all topics'}; ${state})`,
  );
  const who = name === undefined ? address : `${name} <${address}>`;
  return `${who}: ${choices.join('; ') || 'nothing'}; by ${origin}`;
}

function changesOf(plan: SyncPlan) {
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

function planLines(plan: SyncPlan): readonly string[] {
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
