import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import { domainToASCII } from 'node:url';
import type { Origin, StoredSubscriber } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { rowsIn } from './bulk-rows.ts';
import type { Queryable } from './database.ts';
import type { Tables } from './schema.ts';
import { subscriberColumns, withSubscriptions } from './subscriber-rows.ts';
import { allDigests } from './suppressions.ts';

/** `left` is every subscription that the list of addresses without mail ends, whatever its own state is. */
export const listedStates = ['confirmed', 'pending', 'unsubscribed', 'left'] as const;
export type ListedState = (typeof listedStates)[number];

/** Which subscribers are meant; what is left out does not matter. */
export interface SubscriberFilter {
  readonly digest?: string;
  readonly state?: ListedState;
  /** With the digests that have it: who chose no topics there gets it too. */
  readonly topic?: { readonly key: string; readonly digests: readonly string[] };
  readonly origin?: Origin;
  /** Of the address. */
  readonly domain?: string;
  /** Stored at that instant or later. */
  readonly since?: Instant;
}

/** A subscriber with what keeps mail from them: reasons by the digest, or `*`. */
export interface FilteredSubscriber {
  readonly subscriber: StoredSubscriber;
  readonly noMail: ReadonlyMap<string, string>;
}

const atOnce = 1_000;

/** Every subscriber that a filter lets through, in the order in which they came, read page by page. */
export async function* filteredSubscribers(
  db: Queryable,
  filter: SubscriberFilter,
): AsyncGenerator<FilteredSubscriber> {
  for (let afterId = 0; ;) {
    const rows = await db
      .selectFrom('subscribers')
      .select(subscriberColumns)
      .where('id', '>', afterId)
      .where((is) => isMeant(is, filter))
      .orderBy('id')
      .limit(atOnce)
      .execute();
    const subscribers = await withSubscriptions(db, rows);
    const noMail = await suppressionsIn(db, subscribers);
    for (const subscriber of subscribers) {
      yield { subscriber, noMail: noMail.get(subscriber.addressHash) ?? new Map() };
    }
    const last = rows.at(-1);
    if (!last || rows.length < atOnce) return;
    afterId = last.id;
  }
}

/** The state of a subscription as an operator sees it. */
export function listedState(
  { digest, state }: { readonly digest: string; readonly state: string },
  noMail: ReadonlyMap<string, string>,
): string {
  return noMail.has(allDigests) || noMail.has(digest) ? 'left' : state;
}

/** Whether a subscription is one that the filter means. */
export function isMeantSubscription(
  one: { readonly digest: string; readonly state: string; readonly topics?: readonly string[] },
  noMail: ReadonlyMap<string, string>,
  { digest, state, topic }: SubscriberFilter,
): boolean {
  if (digest !== undefined && one.digest !== digest) return false;
  if (state !== undefined && listedState(one, noMail) !== state) return false;
  if (topic === undefined) return true;
  return one.topics ? one.topics.includes(topic.key) : topic.digests.includes(one.digest);
}

function isMeant(
  is: ExpressionBuilder<Tables, 'subscribers'>,
  { digest, state, topic, origin, domain, since }: SubscriberFilter,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = [];
  if (origin !== undefined) all.push(is('origin', '=', origin));
  if (since !== undefined) all.push(is('created_at', '>=', since));
  if (domain !== undefined) {
    const spellings = [...new Set([domain.toLowerCase(), domainToASCII(domain) || domain.toLowerCase()])];
    all.push(
      is.or(spellings.map((one) => sql<SqlBool>`lower(address) like ${`%@${escaped(one)}`} escape '\\'`)),
    );
  }
  if (digest === undefined && state === undefined && topic === undefined) return is.and(all);
  let subscription = is
    .selectFrom('subscriptions')
    .select('subscriptions.digest')
    .whereRef('subscriptions.subscriber_id', '=', 'subscribers.id');
  if (digest !== undefined) subscription = subscription.where('subscriptions.digest', '=', digest);
  if (topic !== undefined) {
    const { key, digests } = topic;
    subscription = subscription.where((of) =>
      of.or([
        of('subscriptions.topics', 'like', `%"${key}"%`),
        of.and([of('subscriptions.topics', 'is', null), of('subscriptions.digest', 'in', [...digests, ''])]),
      ]),
    );
  }
  if (state !== undefined) {
    subscription = subscription.where((of) => {
      const listed = of.exists(
        of
          .selectFrom('suppressions')
          .select('suppressions.reason')
          .whereRef('suppressions.address_hash', '=', 'subscribers.address_hash')
          .where((one) =>
            one.or([
              one('suppressions.digest', '=', allDigests),
              one('suppressions.digest', '=', one.ref('subscriptions.digest')),
            ]),
          ),
      );
      if (state === 'left') return listed;
      return of.and([of('subscriptions.state', '=', state), of.not(listed)]);
    });
  }
  return is.and([...all, is.exists(subscription)]);
}

async function suppressionsIn(
  db: Queryable,
  subscribers: readonly StoredSubscriber[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const rows = await rowsIn<{ address_hash: string; digest: string; reason: string }>(
    db,
    'select address_hash, digest, reason from suppressions where address_hash',
    subscribers.map(({ addressHash }) => addressHash),
  );
  const found = new Map<string, Map<string, string>>();
  for (const { address_hash: hash, digest, reason } of rows) {
    const own = found.get(hash) ?? new Map<string, string>();
    found.set(hash, own.set(digest, reason));
  }
  return found;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, (letter) => `\\${letter}`);
}
