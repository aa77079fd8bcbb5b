import type { Delivery } from '../domain/delivery.ts';
import { editionPath, type Edition } from '../domain/edition.ts';
import { siteUrl, type Site } from '../domain/site.ts';
import { feedPaths } from '../render/feed/paths.ts';
import type { DigestMail, SegmentMail } from '../render/mail/digest-mail.ts';
import type { Queryable } from '../store/database.ts';
import { editionById } from '../store/editions.ts';
import { buildMessage, unsubscribeUrl, type Mailbox } from './message.ts';
import type { OutgoingMessage } from './transport.ts';

export interface EditionMailParts {
  readonly edition: Edition;
  readonly site: Site;
  readonly mail: DigestMail;
  readonly from: Mailbox;
  readonly replyTo?: Mailbox;
  /** The token that ends the subscription of this reader to this digest. */
  readonly unsubscribeToken: (delivery: Pick<Delivery, 'digest' | 'addressHash'>) => string;
}

export interface ReaderMail {
  readonly message: OutgoingMessage;
  /** Its parts before they are encoded. */
  readonly html: string;
  readonly text: string;
}

/**
 * The mail of an edition to each reader, from the frozen edition, the frozen row and the site as it is
 * configured: a changed title or address shows in an attempt made later. Readers of the
 * same topics share one rendered body; only what is personal is filled in.
 */
export function editionMailer(parts: EditionMailParts): (delivery: Delivery) => Promise<ReaderMail> {
  const segments = new Map<string, SegmentMail>();
  return async (delivery) => {
    const key = JSON.stringify(delivery.topics ?? null);
    let segment = segments.get(key);
    if (!segment) {
      segment = parts.mail.segment(parts.edition, parts.site, delivery.topics);
      segments.set(key, segment);
    }
    const token = parts.unsubscribeToken(delivery);
    const body = segment.personalise({
      ...(delivery.name !== undefined && { name: delivery.name }),
      unsubscribeUrl: unsubscribeUrl(parts.site, token),
      webUrl: siteUrl(parts.site, editionPath(parts.edition)),
      feedUrl: siteUrl(parts.site, feedFor(delivery)),
      reason: reasonFor(delivery, parts.edition, parts.site),
    });
    const message = await buildMessage({
      delivery,
      edition: parts.edition,
      site: parts.site,
      from: parts.from,
      ...(parts.replyTo && { replyTo: parts.replyTo }),
      unsubscribeToken: token,
      body: { subject: segment.subject, ...body },
    });
    return { message, ...body };
  };
}

export type LedgerMailParts = Omit<EditionMailParts, 'edition' | 'mail'> & {
  readonly db: Queryable;
  /** Compiled when it is asked for the first time. */
  mail(): Promise<DigestMail>;
};

/** The message of any row of the ledger, from its own frozen edition. Rejects when that edition is not stored. */
export function ledgerMailer(parts: LedgerMailParts): (delivery: Delivery) => Promise<OutgoingMessage> {
  const mailers = new Map<number, Promise<ReturnType<typeof editionMailer>>>();
  const openMailer = async (editionId: number): Promise<ReturnType<typeof editionMailer>> => {
    const edition = await editionById(parts.db, editionId);
    if (!edition) throw new Error(`there is no edition ${editionId}`);
    return editionMailer({ ...parts, edition, mail: await parts.mail() });
  };
  return async (delivery) => {
    const mailer = mailers.get(delivery.editionId) ?? openMailer(delivery.editionId);
    mailers.set(delivery.editionId, mailer);
    const { message } = await (await mailer)(delivery);
    return message;
  };
}

/** The feed nearest to what the reader gets: of their only topic, else of the digest. */
function feedFor(delivery: Delivery): string {
  const [only, ...others] = delivery.topics ?? [];
  return only !== undefined && others.length === 0
    ? feedPaths({ kind: 'topic', key: only }).rss
    : feedPaths({ kind: 'digest', key: delivery.digest }).rss;
}

function reasonFor(delivery: Delivery, edition: Edition, site: Site): string {
  const names = delivery.topics?.map((key) => site.topics.find((topic) => topic.key === key)?.name ?? key);
  return names
    ? `You get this because ${delivery.address} is subscribed to ${edition.digestName}, topics: ${names.join(', ')}.`
    : `You get this because ${delivery.address} is subscribed to ${edition.digestName}, all topics.`;
}
