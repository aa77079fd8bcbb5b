import { randomBytes } from 'node:crypto';
import type { Queryable } from './database.ts';

export interface Installation {
  /** Authority and year of `tag:` ids (RFC 4151), fixed when the database was made. */
  readonly tagAuthority: string;
  /** 32 random bytes in hex: the key of tokens and address hashes. */
  readonly secret: string;
}

/** What was fixed at installation; fixes it on the first call, with `tagAuthority` as proposed. */
export async function installation(db: Queryable, proposedTagAuthority: string): Promise<Installation> {
  await db
    .insertInto('installation')
    .values([
      { key: 'tag_authority', value: proposedTagAuthority },
      { key: 'secret', value: randomBytes(32).toString('hex') },
    ])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const rows = await db.selectFrom('installation').select(['key', 'value']).execute();
  const values = new Map(rows.map((row) => [row.key, row.value]));
  return { tagAuthority: values.get('tag_authority') ?? '', secret: values.get('secret') ?? '' };
}
