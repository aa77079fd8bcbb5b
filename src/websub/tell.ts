import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secondMs, type Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { endMessage, removeMessage, storeIntent, type HubMessage } from '../store/hub-messages.ts';
import {
  confirmSubscription,
  endSubscription,
  noteDelivered,
  subscriptionOf,
} from '../store/hub-subscriptions.ts';
import { topicAt } from '../store/hub-topics.ts';
import { documentHash } from './announce.ts';
import { feedLinks, type Hub } from './hub.ts';
import type { Outgoing, OutgoingAnswer } from './outgoing.ts';

export interface TellingParts {
  readonly db: Database;
  readonly outgoing: Outgoing;
  readonly hub: Hub;
  readonly publishedDir: string;
  readonly now: () => Instant;
  /** Cuts the exchange. */
  readonly signal: AbortSignal;
}

/** What became of one message. */
export type Telling =
  | { readonly state: 'subscribed' | 'unsubscribed' | 'delivered' | 'pinged' | 'nothing to tell' }
  /** The subscriber did not confirm, or was told no. */
  | { readonly state: 'refused'; readonly reason: string }
  /** The subscriber answered 410: its subscription has ended. */
  | { readonly state: 'gone' }
  | { readonly state: 'later'; readonly reason: string }
  | { readonly state: 'stopped' };

type MessageOf<Kind extends HubMessage['kind']> = Extract<HubMessage, { readonly kind: Kind }>;

/** Tells one claimed message to its server, once, and stores what came of it, but for `later` and `stopped`. */
export async function tell(message: HubMessage, parts: TellingParts): Promise<Telling> {
  switch (message.kind) {
    case 'subscribe':
    case 'unsubscribe':
      return verify(message, parts);
    case 'denied':
      return deny(message, parts);
    case 'content':
      return deliver(message, parts);
    case 'ping':
      return ping(message, parts);
  }
}

/**
 * Verification of intent (W3C WebSub section 5.3): the callback must echo a challenge that nobody could guess, with
 * a 2xx status. Any other answer leaves everything as it was.
 */
async function verify(
  message: MessageOf<'subscribe' | 'unsubscribe'>,
  parts: TellingParts,
): Promise<Telling> {
  const { db, outgoing, now, signal } = parts;
  const { topic, target: callback, host, kind } = message;
  const pair = { topic, callback };
  if (kind === 'subscribe' && !(await topicAt(db, topic))) {
    const reason = 'This feed is not published any more.';
    await storeIntent(db, { ...pair, host }, { kind: 'denied', reason }, now());
    return { state: 'refused', reason };
  }
  const challenge = randomBytes(32).toString('base64url');
  const question = {
    'hub.mode': kind,
    'hub.topic': topic,
    'hub.challenge': challenge,
    ...(kind === 'subscribe' && { 'hub.lease_seconds': String(message.leaseSeconds) }),
  };
  const answer = await outgoing.send(withQuestion(callback, question), {
    method: 'GET',
    wantsBody: true,
    signal,
  });
  switch (answer.state) {
    case 'stopped':
      return answer;
    case 'unanswered':
      return { state: 'later', reason: answer.reason };
    case 'private':
      return await refuse(answer.reason);
    case 'answered':
      if (!isSuccess(answer.status)) return refuse(`the callback answered ${answer.status}`);
      if (answer.body !== challenge) return refuse('the callback did not answer with the challenge');
  }
  if (kind === 'unsubscribe') {
    return (await endSubscription(db, message, pair)) ? { state: 'unsubscribed' } : nothing;
  }
  const { leaseSeconds, secret } = message;
  const expiresAt = now() + leaseSeconds * secondMs;
  const granted = { ...pair, host, now: now(), expiresAt, ...(secret !== undefined && { secret }) };
  return (await confirmSubscription(db, message, granted)) ? { state: 'subscribed' } : nothing;

  async function refuse(reason: string): Promise<Telling> {
    await removeMessage(db, message);
    return { state: 'refused', reason };
  }
}

/** Tells a subscriber that it gets nothing (section 5.2); what it answers changes nothing. */
async function deny(message: MessageOf<'denied'>, { db, outgoing, signal }: TellingParts): Promise<Telling> {
  const { reason } = message;
  const notice = { 'hub.mode': 'denied', 'hub.topic': message.topic, 'hub.reason': reason };
  const answer = await outgoing.send(withQuestion(message.target, notice), { method: 'GET', signal });
  if (answer.state === 'stopped') return answer;
  if (answer.state === 'unanswered') return { state: 'later', reason: answer.reason };
  await removeMessage(db, message);
  return { state: 'refused', reason };
}

/** Sends the whole document as it stands now (section 7), signed where the subscriber gave a secret (section 7.1). */
async function deliver(message: MessageOf<'content'>, parts: TellingParts): Promise<Telling> {
  const { db, outgoing, hub, now, signal } = parts;
  const pair = { topic: message.topic, callback: message.target };
  const subscription = await subscriptionOf(db, pair, now());
  const topic = await topicAt(db, message.topic);
  const body = topic && (await readPublishedFile(join(parts.publishedDir, topic.path)));
  if (!subscription || !topic || !body) {
    await removeMessage(db, message);
    return nothing;
  }
  const bodyHash = documentHash(body);
  if (subscription.deliveredHash === bodyHash) {
    await endMessage(db, message, now());
    return nothing;
  }
  const { secret } = subscription;
  const answer = await outgoing.send(pair.callback, {
    method: 'POST',
    headers: {
      'content-type': topic.contentType,
      link: feedLinks(topic.topic, hub.url),
      ...(secret !== undefined && { 'x-hub-signature': signature(secret, body) }),
    },
    body,
    signal,
  });
  if (answer.state === 'answered' && answer.status === 410) {
    await endSubscription(db, message, pair);
    return { state: 'gone' };
  }
  if (!isTaken(answer)) return notTaken(answer);
  await noteDelivered(db, pair, bodyHash);
  await endMessage(db, message, now());
  return { state: 'delivered' };
}

/** Tells another's hub that the feed changed, in the words that hubs agree on (section 6 leaves them open). */
async function ping(
  message: MessageOf<'ping'>,
  { db, outgoing, now, signal }: TellingParts,
): Promise<Telling> {
  const { topic, target } = message;
  const form = new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': topic, 'hub.topic': topic });
  const answer = await outgoing.send(target, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    signal,
  });
  if (!isTaken(answer)) return notTaken(answer);
  await endMessage(db, message, now());
  return { state: 'pinged' };
}

const nothing: Telling = { state: 'nothing to tell' };

/** `sha256=` and the HMAC of the body in hexadecimal digits (section 7.1). */
function signature(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The callback's own query stays as it is, and ours is added at its end (section 5.1). */
function withQuestion(callback: string, parameters: Readonly<Record<string, string>>): string {
  return `${callback}${callback.includes('?') ? '&' : '?'}${new URLSearchParams(parameters).toString()}`;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

function isTaken(answer: OutgoingAnswer): boolean {
  return answer.state === 'answered' && isSuccess(answer.status);
}

function notTaken(answer: OutgoingAnswer): Telling {
  switch (answer.state) {
    case 'stopped':
      return answer;
    case 'answered':
      return { state: 'later', reason: `it answered ${answer.status}` };
    case 'unanswered':
    case 'private':
      return { state: 'later', reason: answer.reason };
  }
}

async function readPublishedFile(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
