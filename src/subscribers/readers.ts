import type { StoredSubscriber } from '../domain/subscriber.ts';
import { calendarDate, type Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { wantsMail } from '../store/audience.ts';
import { subscribersAfter } from '../store/subscribers.ts';
import type { Audience } from './audience.ts';
import { syncSubscribers } from './sync.ts';
import type { Tokens } from './tokens.ts';

const atOnce = 5_000;

/** Every subscriber of the store, in the order in which they came. */
export async function* storedSubscribers(db: Database): AsyncGenerator<StoredSubscriber> {
  for (let afterId = 0; ;) {
    const some = await subscribersAfter(db, { afterId, limit: atOnce });
    yield* some;
    const last = some.at(-1);
    if (!last || some.length < atOnce) return;
    afterId = last.id;
  }
}

/**
 * Whether a reader still wants a digest, asked right before each mail: as the store says, after the files were looked at
 * again. `files` are those the store was reconciled with; `again` gives the same object as long as no file changed.
 */
export function watchReaders(
  db: Database,
  tokens: Pick<Tokens, 'addressHash'>,
  { files, again }: { readonly files: Audience; readonly again: () => Promise<Audience> },
  now: () => Instant,
): (reader: { readonly addressHash: string; readonly digest: string }, zone: string) => Promise<boolean> {
  let synced = files;
  let syncing: Promise<unknown> = Promise.resolve();
  return async ({ addressHash, digest }, zone) => {
    const current = await again();
    if (current !== synced) {
      synced = current;
      syncing = syncSubscribers(db, tokens, current, now());
    }
    await syncing;
    return wantsMail(db, { addressHash, digest, date: calendarDate(now(), zone) });
  };
}
