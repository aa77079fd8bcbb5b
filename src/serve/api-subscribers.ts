import type { Digest } from '../domain/digest.ts';
import { siteUrl, type Site } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from '../store/database.ts';
import { eraseAddress } from '../store/erasure.ts';
import { noMailOf, subscriberPage } from '../store/subscriber-pages.ts';
import { findSubscriber } from '../store/subscribers.ts';
import { leave } from '../subscribers/leave.ts';
import type { Tokens } from '../subscribers/tokens.ts';
import { json, problem, unlessUnchanged, type ApiAnswer } from './api-answer.ts';
import { apiWay, applyChoices, forbiddenDigests, storedNow, type Standing } from './api-change.ts';
import { choiceFaults, shownSubscriber } from './api-choices.ts';
import { readCursor, writeCursor } from './api-cursor.ts';
import { writeOnce } from './api-idempotency.ts';
import type { ApiRoute } from './api-operation.ts';
import { erase, getSubscriber, listSubscribers, putSubscriber, unsubscribe } from './api-operations.ts';
import { failedPrecondition, missingPrecondition } from './api-preconditions.ts';
import { route } from './api-route.ts';

export interface SubscriberRouteParts {
  readonly db: Database;
  readonly tokens: Pick<Tokens, 'addressHash'>;
  readonly site: Site;
  readonly digests: readonly Digest[];
  readonly now: () => Instant;
}

const usualLimit = 50;
const noStore = { 'Cache-Control': 'no-store' } as const;
const done: ApiAnswer = { status: 204, headers: noStore };
const states = ['pending', 'confirmed', 'unsubscribed'] as const;

/** The people, one by one and a page at a time. Nothing of them is kept by caches. */
export function subscriberRoutes(parts: SubscriberRouteParts): readonly ApiRoute[] {
  const { db, digests } = parts;
  const once = writeOnce(db);

  async function standingOf(queryable: Queryable, given: string): Promise<Standing> {
    const address = given.normalize('NFC').trim();
    const addressHash = parts.tokens.addressHash(address);
    const subscriber = await findSubscriber(queryable, addressHash);
    const listed = (await noMailOf(queryable, [addressHash])).get(addressHash) ?? [];
    return { address, addressHash, subscriber, noMailOf: listed };
  }

  function shown({ subscriber, noMailOf: listed }: Standing): ApiAnswer | undefined {
    return subscriber && json(shownSubscriber(subscriber, listed, digests), noStore);
  }

  return [
    route(listSubscribers, async ({ query, header }) => {
      const { digest, state, cursor, limit = usualLimit } = query;
      const isFiltered = digest !== undefined || state !== undefined;
      const page = await subscriberPage(db, {
        afterId: readCursor(cursor) ?? 0,
        limit,
        ...(isFiltered && {
          filter: {
            digests: digest === undefined ? digests.map(({ key }) => key) : [digest],
            states: state === undefined ? states : [state],
          },
        }),
      });
      const hashes = page.subscribers.map(({ addressHash }) => addressHash);
      const listed = await noMailOf(db, hashes);
      const items = page.subscribers.map((subscriber) =>
        shownSubscriber(subscriber, listed.get(subscriber.addressHash) ?? [], digests),
      );
      const answer = json({ items, ...writeCursor(page.nextAfterId) }, noStore);
      return unlessUnchanged(answer, header('If-None-Match'));
    }),

    route(getSubscriber, async ({ parameters, header }) => {
      const answer = shown(await standingOf(db, parameters.address));
      if (!answer) return problem(404, 'not-found', 'nobody with this address is a subscriber');
      return unlessUnchanged(answer, header('If-None-Match'));
    }),

    route(putSubscriber, async (request) => {
      const missing = missingPrecondition(request);
      if (missing) return missing;
      const faults = choiceFaults(request.body, digests);
      if (faults.length > 0) {
        return problem(400, 'invalid', 'the body has faults; nothing was changed', { errors: faults });
      }
      const addressHash = parts.tokens.addressHash(request.parameters.address);
      const now = parts.now();
      return once({ ...request, operation: putSubscriber.id, addressHash }, now, async (transaction) => {
        const before = await standingOf(transaction, request.parameters.address);
        const failed = failedPrecondition(request, shown(before)?.headers['ETag']);
        if (failed) return failed;
        const forbidden = forbiddenDigests(before, request.body, digests);
        if (forbidden.length > 0) return noMail(forbidden);
        await applyChoices(transaction, before, request.body, digests, now);
        const subscriber = await storedNow(transaction, addressHash);
        const listed = (await noMailOf(transaction, [addressHash])).get(addressHash) ?? [];
        const body = shownSubscriber(subscriber, listed, digests);
        if (before.subscriber) return json(body, noStore);
        const path = `api/v1/subscribers/${encodeURIComponent(subscriber.address)}`;
        return json(body, { ...noStore, Location: siteUrl(parts.site, path) }, 201);
      });
    }),

    route(unsubscribe, async (request) => {
      const addressHash = parts.tokens.addressHash(request.parameters.address);
      const now = parts.now();
      return once({ ...request, operation: unsubscribe.id, addressHash }, now, async (transaction) => {
        const before = await standingOf(transaction, request.parameters.address);
        const failed = failedPrecondition(request, shown(before)?.headers['ETag']);
        if (failed) return failed;
        await leave(transaction, { addressHash, way: apiWay }, { what: 'everything' }, digests, now);
        return done;
      });
    }),

    route(erase, async (request) => {
      const addressHash = parts.tokens.addressHash(request.parameters.address);
      const now = parts.now();
      return once({ ...request, operation: erase.id, addressHash }, now, async (transaction) => {
        await eraseAddress(transaction, addressHash, now);
        return done;
      });
    }),
  ];
}

/** The same for whatever reason: whether somebody left, complained or was erased is nobody's business. */
function noMail(digests: readonly string[]): ApiAnswer {
  const what = digests.includes('*') ? 'mail' : `mail of ${digests.join(', ')}`;
  return problem(
    409,
    'no-mail',
    `expected an address that takes ${what}, got one that does not; nothing was changed`,
  );
}
