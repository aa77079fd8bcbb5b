import type { Instant } from '../domain/time.ts';
import { cadences, type Cadence, type ReadingHour } from '../domain/subscriber.ts';
import type { Queryable } from './database.ts';
import { jsonObject } from './json.ts';

/** What was chosen in the form. */
export interface SignUpChoice {
  /** Topics are keys; undefined means all of the digest. */
  readonly digests: readonly { readonly digest: string; readonly topics?: readonly string[] }[];
  readonly cadence: Cadence;
  readonly hour?: ReadingHour;
}

export type RequestKind = 'sign-up' | 'change-address';

/** `open` until somebody said yes; `agreed` when only the first of two ends did. */
export type RequestState = 'open' | 'agreed' | 'done';

/** Something that a person asked for on a page, to be said yes to by the link in a mail. */
export interface AskedRequest {
  readonly id: number;
  readonly kind: RequestKind;
  /** Of the subscriber whom it is about. */
  readonly addressHash: string;
  /** The address to be written to from then on. */
  readonly newAddress: string;
  readonly choice: SignUpChoice;
  readonly wording?: string;
  readonly clientHash?: string;
  readonly askedAt: Instant;
  readonly expiresAt: Instant;
  readonly state: RequestState;
}

/** Keeps a request; returns its id. */
export async function insertRequest(
  db: Queryable,
  request: Omit<AskedRequest, 'id' | 'state'>,
): Promise<number> {
  const { id } = await db
    .insertInto('requests')
    .values({
      kind: request.kind,
      address_hash: request.addressHash,
      new_address: request.newAddress,
      choice: JSON.stringify(request.choice),
      wording: request.wording ?? null,
      client_hash: request.clientHash ?? null,
      asked_at: request.askedAt,
      expires_at: request.expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function findRequest(db: Queryable, id: number): Promise<AskedRequest | undefined> {
  const row = await db
    .selectFrom('requests')
    .select([
      'id',
      'kind',
      'address_hash',
      'new_address',
      'choice',
      'wording',
      'client_hash',
      'asked_at',
      'expires_at',
      'state',
    ])
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      kind: row.kind === 'sign-up' ? 'sign-up' : 'change-address',
      addressHash: row.address_hash,
      newAddress: row.new_address,
      choice: choiceOf(jsonObject<Partial<SignUpChoice>>(row.choice)),
      ...(row.wording !== null && { wording: row.wording }),
      ...(row.client_hash !== null && { clientHash: row.client_hash }),
      askedAt: row.asked_at,
      expiresAt: row.expires_at,
      state: row.state === 'open' || row.state === 'agreed' ? row.state : 'done',
    }
  );
}

function choiceOf({ digests = [], cadence, hour }: Partial<SignUpChoice>): SignUpChoice {
  return { digests, cadence: cadence ?? cadences[0], ...(hour && { hour }) };
}

/** Moves a request on, once: false when it was not in the state before. */
export async function advanceRequest(
  db: Queryable,
  id: number,
  from: RequestState,
  to: RequestState,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('requests')
    .set({ state: to })
    .where('id', '=', id)
    .where('state', '=', from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Requests that nobody said yes to in time are forgotten, and their addresses with them. */
export async function deleteExpiredRequests(db: Queryable, now: Instant): Promise<void> {
  await db.deleteFrom('requests').where('expires_at', '<', now).execute();
}
