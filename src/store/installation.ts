import { randomBytes } from 'node:crypto';
import type { Database, Queryable } from './database.ts';
import { jsonList } from './json.ts';

export interface Installation {
  /** Authority and year of `tag:` ids (RFC 4151), fixed when the database was made. */
  readonly tagAuthority: string;
  /** 32 random bytes in hex: the key of tokens and address hashes. */
  readonly secret: string;
  /** Secrets that sign links in its place, newest first; the older ones verify what they signed. */
  readonly rotated: readonly string[];
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
  return {
    tagAuthority: values.get('tag_authority') ?? '',
    secret: values.get('secret') ?? '',
    rotated: jsonList<string>(values.get(rotatedKey) ?? '[]'),
  };
}

const rotatedKey = 'rotated_secrets';

/** From here on links are signed with a new secret; returns how many secrets verify links now, the first one included. */
export async function rotateSecret(db: Database): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('installation')
      .select('value')
      .where('key', '=', rotatedKey)
      .executeTakeFirst();
    const rotated = [randomBytes(32).toString('hex'), ...jsonList<string>(row?.value ?? '[]')];
    const value = JSON.stringify(rotated);
    await transaction
      .insertInto('installation')
      .values({ key: rotatedKey, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
    return rotated.length + 1;
  });
}
