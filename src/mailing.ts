/**
 * Editions -> mails: who gets each edition, what became of mail in doubt, and the sending itself.
 */
import type { MailLimitsConfig } from './config/mail-config.ts';
import { staleAfterMs } from './deliver/back-off.ts';
import { dispatch, type DispatchResult } from './deliver/dispatch.ts';
import { ledgerMailer } from './deliver/edition-mail.ts';
import { limitsOf } from './deliver/limits.ts';
import type { Sender } from './deliver/message.ts';
import { prepareDeliveries, type PreparedAudience } from './deliver/prepare.ts';
import { resolveInDoubt, type InDoubtPolicy } from './deliver/resolve.ts';
import { editionMails, type EditionMails } from './deliver/standings.ts';
import { createThrottle } from './deliver/throttle.ts';
import type { Transport } from './deliver/transport.ts';
import type { Digest } from './domain/digest.ts';
import type { Site } from './domain/site.ts';
import type { Instant } from './domain/time.ts';
import { combined, openIssues } from './edition/shown-editions.ts';
import { countRefusals } from './inbound/refusals.ts';
import type { DigestMail } from './render/mail/digest-mail.ts';
import type { Database } from './store/database.ts';
import { troubledDeliveries, type TroubledDelivery } from './store/deliveries.ts';
import { editionsSince } from './store/editions.ts';
import { hasReport } from './store/inbound-events.ts';
import { watchAudience, type RowFault } from './subscribers/audience.ts';
import { preferencesPath } from './subscribers/preferences.ts';
import { watchReaders } from './subscribers/readers.ts';
import { syncSubscribers } from './subscribers/sync.ts';
import type { Tokens } from './subscribers/tokens.ts';

/** The parts that sending works with. */
export interface MailParts {
  readonly site: Site;
  readonly digests: readonly Digest[];
  readonly db: Database;
  readonly tokens: Tokens;
  /** Compiled when it is asked for the first time. */
  mail(): Promise<DigestMail>;
  readonly transport: Transport;
  /** Submissions at once. */
  readonly connections: number;
  readonly mailLimits?: MailLimitsConfig;
  /** What becomes of mail whose answer stayed out; undefined where no answer can stay out. */
  readonly inDoubt?: InDoubtPolicy;
  readonly sender: Sender;
  /** Folder of the operator's subscriber files. */
  readonly subscribersDir: string;
}

interface MailDay {
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  watch?(stage: 'mails', done: number, total: number): void;
}

const troublesShown = 5;

export interface MailReport {
  /** What happened in this run. */
  readonly sent: DispatchResult;
  /** The editions whose mails can still go out, and where every reader of each stands. */
  readonly editions: readonly EditionMails[];
  /** A few of the mails that did not get through, and why. Holds addresses: for the operator, not for the log. */
  readonly troubled: readonly TroubledDelivery[];
  /** Rows of the subscriber files that could not be used. */
  readonly faults: readonly RowFault[];
}

/**
 * Editions -> mails: freezes who gets each edition that is young enough to be sent, then sends whatever is
 * due. An audience is frozen once; whoever joins later gets the next edition. The reader files are looked
 * at again before each mail; while one of them cannot be read nothing is frozen and nothing is sent.
 */
export async function sendMails(parts: MailParts, day: MailDay): Promise<MailReport> {
  const audience = watchAudience(parts.subscribersDir, parts.digests, parts.site.topics);
  const files = await audience();
  const { faults } = files;
  if (!files.isComplete) return unsentFor(faults);
  await syncSubscribers(parts.db, parts.tokens, files, day.now());
  if (parts.inDoubt) await settleDoubts(parts, parts.inDoubt, day);
  const editions = await editionsSince(parts.db, day.now() - staleAfterMs);
  const audiences = new Map<number, PreparedAudience>();
  // The oldest first: what a reader of weeks has had already stands in the ledger by then.
  for (const { id, edition, isPrepared } of editions.toReversed()) {
    if (isPrepared) continue;
    const prepared = await prepareDeliveries({
      db: parts.db,
      editionId: id,
      edition,
      combined: (covers) => combined(parts.db, edition, covers),
      tokens: parts.tokens,
      fromAddress: parts.sender.from.address,
      now: day.now(),
      signal: day.signal,
    });
    if (prepared.state === 'stopped') break;
    if (prepared.state === 'prepared') audiences.set(id, prepared.audience);
  }
  const due = totalPrepared(audiences);
  day.watch?.('mails', 0, due);
  let ended = 0;
  const wants = watchReaders(parts.db, parts.tokens, { files, again: audience }, day.now);
  const zones = new Map(parts.digests.map(({ key, zone }) => [key, zone]));
  await using throttle = createThrottle(
    parts.db,
    limitsOf(parts.mailLimits, parts.transport.name, day.now()),
  );
  const sent = await dispatch({
    db: parts.db,
    transport: parts.transport,
    concurrency: parts.connections,
    render: ledgerMailer({
      ...parts,
      issueOf: openIssues(parts.db),
      unsubscribeToken: (to) => parts.tokens.sign('unsubscribe', to),
      preferencesPath: (to) => preferencesPath(parts.tokens, to.addressHash),
    }),
    throttle,
    isSubscribed: (delivery) => wants(delivery, zones.get(delivery.digest) ?? 'Etc/UTC'),
    now: day.now,
    signal: day.signal,
    onProgress: () => day.watch?.('mails', (ended += 1), Math.max(ended, due)),
  });
  await countRefusals(parts.db, day.now());
  const troubled = await troubledDeliveries(
    parts.db,
    editions.map(({ id }) => id),
    troublesShown,
  );
  return { sent, editions: await editionMails(parts.db, editions, audiences), troubled, faults };
}

/** What was handed over without an answer long ago: a report about it shows that it arrived, else the rule holds. */
async function settleDoubts(parts: MailParts, policy: InDoubtPolicy, day: MailDay): Promise<void> {
  await resolveInDoubt(parts.db, {
    policy,
    arrived: async ({ deliveryId }) =>
      (await hasReport(parts.db, deliveryId)) ? 'something came back about it' : undefined,
    now: day.now(),
  });
}

/** A no may stand in the file that cannot be read: everything waits until it is mended. */
function unsentFor(faults: readonly RowFault[]): MailReport {
  const [first] = faults;
  const blocked = `a subscriber file cannot be read whole${first ? `: ${first.file}` : ''}; "broadsheet subscribers list" says why`;
  const none = { accepted: 0, deferred: 0, rejected: 0, expired: 0, suppressed: 0, inDoubt: 0, held: 0 };
  return { sent: { ...none, blocked }, editions: [], troubled: [], faults };
}

function totalPrepared(audiences: ReadonlyMap<number, PreparedAudience>): number {
  return [...audiences.values()].reduce((sum, audience) => sum + audience.prepared, 0);
}
