import type { Instant } from '../domain/time.ts';
import type { Consent } from '../store/consents.ts';
import type {
  ImportBlock,
  ImportedSubscriber,
  ImportedSubscription,
  Standing,
} from '../store/subscriber-import.ts';
import { allDigests, erasedReason, type Suppression } from '../store/suppressions.ts';
import type { ImportRow } from './import-row.ts';

/** How often what came of a row. */
export interface ImportCounts {
  /** Subscribers who were not known. */
  added: number;
  /** Subscriptions that began, and that ended or were stored as ended. */
  subscribed: number;
  unsubscribed: number;
  /** Addresses that get no mail from now on, for a reason that the file names. */
  suppressed: number;
  /** Rows that say what is stored already. */
  unchanged: number;
  /** A yes that an earlier no outweighs: the address was erased; it left, bounced or complained. */
  erased: number;
  keptOut: number;
  /** A no that is older than the reader's own yes here. */
  overruled: number;
  /** Rows without a consent: not confirmed, or no subscription at all. */
  pending: number;
}

/** An import row with the hash of its address. */
export interface HashedRow {
  readonly row: ImportRow;
  readonly addressHash: string;
}

/** What a no of a file is called in the list of addresses that get no mail: the reader's own later yes lifts it. */
const leftReason = 'unsubscribed';

/**
 * What a block of rows changes, pure. Rows count in their order, and each knows what those before it did, with one
 * rule above all: a no, stored or in a row before, is never turned into a yes. A row that says what is stored changes
 * nothing, so that an import can be run again.
 */
export function planImport(
  rows: readonly HashedRow[],
  standings: ReadonlyMap<string, Standing>,
  file: string,
  now: Instant,
): { readonly block: ImportBlock; readonly counts: ImportCounts } {
  const counts = noCounts();
  const subscribers: ImportedSubscriber[] = [];
  const suppressions: Suppression[] = [];
  const consents: Consent[] = [];
  const drafts = new Map<string, Draft>();

  const draftOf = (hash: string): Draft => {
    const earlier = drafts.get(hash);
    if (earlier) return earlier;
    const standing = standings.get(hash);
    const noMail = standing && standing.noMail.size > 0 ? new Map(standing.noMail) : undefined;
    const draft = { isKnown: standing?.subscriberId !== undefined, standing, changed: undefined, noMail };
    drafts.set(hash, draft);
    return draft;
  };
  const store = (
    { row, addressHash }: HashedRow,
    draft: Draft,
    digest: string,
    state: 'confirmed' | 'unsubscribed',
  ): void => {
    const { address, topics, cadence, profile, line, saidAt = now } = row;
    if (!draft.isKnown) {
      subscribers.push({ address, addressHash, profile });
      draft.isKnown = true;
      counts.added += 1;
    }
    const changed = topics
      ? { addressHash, digest, state, topics, cadence }
      : { addressHash, digest, state, cadence };
    draft.changed ??= new Map();
    draft.changed.set(digest, changed);
    const act = state === 'confirmed' ? 'confirmed' : 'left';
    consents.push({ addressHash, digest, act, at: saidAt, way: 'import', wording: `${file}:${line}` });
  };
  const suppress = (draft: Draft, addressHash: string, digest: string, reason: string): void => {
    suppressions.push({ addressHash, digest, reason, now });
    draft.noMail ??= new Map();
    draft.noMail.set(digest, reason);
  };

  const takeYes = (hashed: HashedRow, draft: Draft, digest: string): void => {
    const reason = draft.noMail?.get(allDigests) ?? draft.noMail?.get(digest);
    const state = stateOf(draft, digest);
    if (reason?.startsWith(erasedReason)) counts.erased += 1;
    else if (reason !== undefined || state === 'unsubscribed') counts.keptOut += 1;
    else if (state === 'confirmed') counts.unchanged += 1;
    else {
      store(hashed, draft, digest, 'confirmed');
      counts.subscribed += 1;
    }
  };
  const takeNo = (hashed: HashedRow, draft: Draft, digest: string): void => {
    const barred = draft.noMail?.get(allDigests);
    const state = stateOf(draft, digest);
    if (hasLaterYes(draft, digest, hashed.row.saidAt ?? now)) {
      counts.overruled += 1;
      return;
    }
    // Whoever is barred and unknown stays unknown: an address is not stored to say that nothing goes to it.
    const isStored = state === 'unsubscribed' || (barred !== undefined && !draft.isKnown);
    const isListed = barred !== undefined || draft.noMail?.has(digest) === true;
    if (isStored && isListed) {
      counts.unchanged += 1;
      return;
    }
    if (!isStored) store(hashed, draft, digest, 'unsubscribed');
    if (!isListed) suppress(draft, hashed.addressHash, digest, leftReason);
    counts.unsubscribed += 1;
  };

  for (const hashed of rows) {
    const { row, addressHash } = hashed;
    const draft = draftOf(addressHash);
    if (row.says === 'pending' || (row.says === 'nothing' && row.bar === undefined)) counts.pending += 1;
    if (row.says === 'yes') for (const digest of row.digests) takeYes(hashed, draft, digest);
    if (row.says === 'left') for (const digest of row.digests) takeNo(hashed, draft, digest);
    if (row.bar === undefined) continue;
    // A no to all mail is taken back by a later yes, as one to a digest is; complaints and bounces are not.
    const digests = [...(draft.standing?.subscriptions.keys() ?? [])];
    if (row.bar === leftReason && digests.some((one) => hasLaterYes(draft, one, row.saidAt ?? now))) continue;
    if (draft.noMail?.has(allDigests)) counts.unchanged += 1;
    else {
      suppress(draft, addressHash, allDigests, row.bar);
      counts.suppressed += 1;
    }
  }
  const subscriptions: ImportedSubscription[] = [];
  for (const { changed } of drafts.values()) {
    if (changed) for (const one of changed.values()) subscriptions.push(one);
  }
  return { block: { subscribers, subscriptions, suppressions, consents }, counts };
}

/** Nothing counted yet. */
export function noCounts(): ImportCounts {
  return {
    added: 0,
    subscribed: 0,
    unsubscribed: 0,
    suppressed: 0,
    unchanged: 0,
    erased: 0,
    keptOut: 0,
    overruled: 0,
    pending: 0,
  };
}

/** How an address stands after the rows so far. */
interface Draft {
  isKnown: boolean;
  readonly standing: Standing | undefined;
  changed: Map<string, ImportedSubscription> | undefined;
  noMail: Map<string, string> | undefined;
}

/** Whether its reader said yes to the digest here, later than `saidAt`. */
function hasLaterYes({ changed, standing }: Draft, digest: string, saidAt: Instant): boolean {
  const stored = changed?.has(digest) ? undefined : standing?.subscriptions.get(digest);
  return stored?.state === 'confirmed' && saidAt < (standing?.saidYes.get(digest) ?? -Infinity);
}

function stateOf({ changed, standing }: Draft, digest: string): string | undefined {
  return changed?.get(digest)?.state ?? standing?.subscriptions.get(digest)?.state;
}
