import type { Instant } from '../domain/time.ts';
import { chunks } from './chunks.ts';
import type { Queryable } from './database.ts';

/** What somebody said to a digest. */
export type ConsentAct = 'asked' | 'confirmed' | 'left' | 'changed' | 'exported' | 'erased';

/** Who said yes or no to what, when and how: the proof that the law asks for (GDPR article 7.1). */
export interface Consent {
  readonly addressHash: string;
  /** A digest's key, or `*` for all. */
  readonly digest: string;
  readonly act: ConsentAct;
  readonly at: Instant;
  /** `form`, `link`, `one-click`, `mail`, `file`, `import`, `operator`, `api`. */
  readonly way: string;
  /** Names the text that they said yes to. */
  readonly wording?: string;
  /** A keyed hash of the client's address. */
  readonly clientHash?: string;
}

const rowsAtOnce = 500;

/** Adds to the proofs; none is ever changed. */
export async function recordConsents(db: Queryable, consents: readonly Consent[]): Promise<void> {
  for (const some of chunks(consents, rowsAtOnce)) {
    await db
      .insertInto('consents')
      .values(
        some.map((consent) => ({
          address_hash: consent.addressHash,
          digest: consent.digest,
          act: consent.act,
          at: consent.at,
          way: consent.way,
          wording: consent.wording ?? null,
          client_hash: consent.clientHash ?? null,
        })),
      )
      .execute();
  }
}

/** All that an address ever said, oldest first. */
export async function consentsOf(db: Queryable, addressHash: string): Promise<readonly Consent[]> {
  const rows = await db
    .selectFrom('consents')
    .select(['address_hash', 'digest', 'act', 'at', 'way', 'wording', 'client_hash'])
    .where('address_hash', '=', addressHash)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    addressHash: row.address_hash,
    digest: row.digest,
    act: consentAct(row.act),
    at: row.at,
    way: row.way,
    ...(row.wording !== null && { wording: row.wording }),
    ...(row.client_hash !== null && { clientHash: row.client_hash }),
  }));
}

const acts = ['asked', 'confirmed', 'left', 'changed', 'exported', 'erased'] as const;

function consentAct(text: string): ConsentAct {
  const found = acts.find((act) => act === text);
  if (found === undefined) throw new Error(`expected one of ${acts.join(', ')}, found "${text}"`);
  return found;
}
