import { isCalendarDate } from '../domain/time.ts';
import { UsageError } from '../errors.ts';
import type { Queryable } from '../store/database.ts';
import { findEdition, newestEditions, type StoredEdition } from '../store/editions.ts';

/** The edition that is called `digest/date`; throws UsageError when it is called otherwise or is not there. */
export async function namedEdition(db: Queryable, name: string): Promise<StoredEdition> {
  const [digest = '', date = '', ...more] = name.split('/');
  if (digest === '' || more.length > 0 || !isCalendarDate(date)) {
    throw new UsageError(`expected an edition such as daily/2026-11-24, got ${name}`);
  }
  const stored = await findEdition(db, digest, date);
  if (stored) return stored;
  const { newest } = await newestEditions(db, 3);
  const known = newest.map(({ edition }) => `${edition.digest}/${edition.editionDate}`);
  const hint = known.length === 0 ? 'there is none yet' : `the newest are ${known.join(', ')}`;
  throw new UsageError(`there is no edition ${name}; ${hint}`);
}
