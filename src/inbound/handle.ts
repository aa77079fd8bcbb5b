import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from '../store/database.ts';
import {
  deliveryById,
  deliveryByMessageId,
  latestDeliveryTo,
  type BouncedDelivery,
} from '../store/inbound-events.ts';
import { finishInboundMessage, type InboundMessage, type InboundState } from '../store/inbound-messages.ts';
import { addresseeOf, type Addressee, type InboundAddresses } from './addressee.ts';
import { classifyParts } from './classify.ts';
import type { InboundAction } from './decide.ts';
import { mailEventId } from './mail-event-id.ts';
import { messageParts, type MessageParts } from './message-parts.ts';
import { record, type Subject } from './record.ts';
import type { InboundReport, RecipientReport } from './report.ts';
import type { ProviderEvent } from './webhooks/provider-event.ts';

/** What tells our own tokens and addresses from others. */
export interface InboundTokens {
  addressHash(address: string): string;
  verify(
    token: string,
    action: 'unsubscribe',
  ): { readonly digest: string; readonly addressHash: string } | undefined;
  verifyDelivery(token: string): number | undefined;
}

export interface InboundHouse {
  readonly db: Database;
  readonly tokens: InboundTokens;
  readonly addresses: InboundAddresses;
  readonly now: () => Instant;
}

/** What came of one message or one event. */
export interface Handled {
  readonly state: Exclude<InboundState, 'new'>;
  readonly reason: string;
  readonly actions: readonly InboundAction[];
}

/**
 * Reads a stored message and acts on it, in one transaction with its end: a second run changes nothing. Only what is
 * proven to be about a delivery of ours has an effect: by a token that verifies, or by the Message-ID of the mail that
 * came back, which nobody can guess. All else is kept as `unmatched`, what says nothing as `unread`.
 */
export async function handleMessage(house: InboundHouse, message: InboundMessage): Promise<Handled> {
  const parts = await messageParts(message.raw);
  const report = classifyParts(parts);
  const addressee = addresseeOf(parts, message.envelopeTo, house.addresses);
  const now = house.now();
  return house.db.transaction().execute(async (transaction) => {
    const handled = await act(transaction, house, { message, parts, report, addressee, now });
    const { state, reason } = handled;
    await finishInboundMessage(transaction, message.id, { state, reason, now });
    return handled;
  });
}

interface Incoming {
  readonly message: InboundMessage;
  readonly parts: Pick<MessageParts, 'headers'>;
  readonly report: InboundReport;
  readonly addressee: Addressee;
  readonly now: Instant;
}

async function act(db: Queryable, house: InboundHouse, incoming: Incoming): Promise<Handled> {
  const { message, parts, report, addressee, now } = incoming;
  const leaving = await leavingSubject(db, house.tokens, addressee);
  const isLeaving = addressee.isUnsubscribe || report.kind === 'unsubscribe' || leaving !== undefined;
  const frame = (subject: Subject, told: RecipientReport) => {
    const eventId = mailEventId(parts, message.raw, subject, told);
    return { provider: 'mail', eventId, messageId: message.id, happenedAt: message.receivedAt, now };
  };
  if (isLeaving && !isBounce(report)) {
    const subject = leaving ?? (await subjectOf(db, house.tokens, addressee, report));
    if (!subject) return { state: 'unmatched', reason: leftUnproven.reason, actions: [leftUnproven] };
    const told: RecipientReport = { kind: 'unsubscribe', diagnostic: 'unsubscribe mail' };
    const action = await record(db, subject, told, frame(subject, told));
    return { state: 'done', reason: 'unsubscribe', actions: action ? [action] : [] };
  }
  if (report.recipients.length === 0)
    return { state: 'unread', reason: 'no report that is known', actions: [] };
  const subject = await subjectOf(db, house.tokens, addressee, report);
  if (!subject) {
    const forged =
      addressee.bounceToken !== undefined && house.tokens.verifyDelivery(addressee.bounceToken) === undefined;
    return {
      state: 'unmatched',
      reason: forged ? 'a token that is not ours' : `${report.kind}, about no mail of ours`,
      actions: [],
    };
  }
  const told = aboutUs(report, subject, house.tokens);
  const action = await record(db, subject, told, frame(subject, told));
  return { state: 'done', reason: told.kind, actions: action ? [action] : [] };
}

/** Anybody can write any address into From; but who wants to leave must not wait for ever: a person looks. */
const leftUnproven: InboundAction = {
  action: 'alarm',
  reason: 'somebody wrote to leave, without a valid token',
};

function isBounce({ kind }: InboundReport): boolean {
  return kind === 'hard' || kind === 'soft' || kind === 'policy' || kind === 'complaint';
}

/** Each mail of ours has one recipient: of several in a report the one that is ours, else the gravest (the mail was forwarded). */
function aboutUs(report: InboundReport, subject: Subject, tokens: InboundTokens): RecipientReport {
  const ours = report.recipients.find(
    ({ address }) => address !== undefined && tokens.addressHash(address) === subject.addressHash,
  );
  const gravest = report.recipients.find(({ kind }) => kind === report.kind);
  return ours ?? gravest ?? { kind: report.kind, diagnostic: '' };
}

async function leavingSubject(
  db: Queryable,
  tokens: InboundTokens,
  { unsubscribeToken }: Addressee,
): Promise<Subject | undefined> {
  if (unsubscribeToken === undefined) return undefined;
  const named = tokens.verify(unsubscribeToken, 'unsubscribe');
  return named ?? bySignedDelivery(db, tokens, unsubscribeToken);
}

async function bySignedDelivery(
  db: Queryable,
  tokens: InboundTokens,
  token: string | undefined,
): Promise<Subject | undefined> {
  const id = token === undefined ? undefined : tokens.verifyDelivery(token);
  return id === undefined ? undefined : subjectFrom(await deliveryById(db, id));
}

async function subjectOf(
  db: Queryable,
  tokens: InboundTokens,
  { bounceToken }: Addressee,
  { originalMessageId }: Pick<InboundReport, 'originalMessageId'>,
): Promise<Subject | undefined> {
  const named = await bySignedDelivery(db, tokens, bounceToken);
  if (named || originalMessageId === undefined) return named;
  return subjectFrom(await deliveryByMessageId(db, originalMessageId));
}

function subjectFrom(delivery: BouncedDelivery | undefined): Subject | undefined {
  return delivery && { digest: delivery.digest, addressHash: delivery.addressHash, deliveryId: delivery.id };
}

/**
 * Acts on what a provider told, each event once whatever the number of times it is told. The signature proves it, so an
 * address that we wrote to is enough; one that we never wrote to is left out. Returns what was done.
 */
export async function handleEvents(
  house: InboundHouse,
  provider: string,
  events: readonly ProviderEvent[],
): Promise<readonly InboundAction[]> {
  const done: InboundAction[] = [];
  for (const event of events) {
    const actions = await house.db
      .transaction()
      .execute((transaction) => actOnEvent(transaction, house, provider, event));
    done.push(...actions);
  }
  return done;
}

async function actOnEvent(
  db: Queryable,
  { tokens, now }: InboundHouse,
  provider: string,
  event: ProviderEvent,
): Promise<readonly InboundAction[]> {
  const done: InboundAction[] = [];
  const byId =
    event.originalMessageId === undefined
      ? undefined
      : await deliveryByMessageId(db, event.originalMessageId);
  for (const told of event.recipients) {
    if (told.address === undefined) continue;
    const addressHash = tokens.addressHash(told.address);
    const delivery = byId?.addressHash === addressHash ? byId : await latestDeliveryTo(db, addressHash);
    const subject = subjectFrom(delivery);
    if (!subject) continue;
    const action = await record(db, subject, told, {
      provider,
      eventId: `${event.id}#${addressHash}`,
      happenedAt: event.at ?? now(),
      now: now(),
    });
    if (action) done.push(action);
  }
  return done;
}
