import type { Delivery } from '../domain/delivery.ts';
import { editionPath, type Edition } from '../domain/edition.ts';
import type { Issue, ShownEdition } from '../domain/edition-span.ts';
import { siteUrl, type Site } from '../domain/site.ts';
import { wishEffect } from '../domain/wish.ts';
import { feedPaths } from '../render/feed/paths.ts';
import type { DigestMail, MailReader, SegmentMail } from '../render/mail/digest-mail.ts';
import { unsubscribeUrl } from './list-fields.ts';
import { mailBuffers } from './mail-buffers.ts';
import { segmentMessages, type Sender } from './message.ts';
import type { OutgoingMessage } from './transport.ts';

export interface EditionMailParts {
  /** The edition it goes out with. */
  readonly edition: Edition;
  /** What it shows, where that is several editions put together. */
  readonly shown?: ShownEdition;
  readonly site: Site;
  readonly mail: DigestMail;
  readonly sender: Sender;
  /** The token that ends the subscription of this reader to this digest. */
  readonly unsubscribeToken: (delivery: Pick<Delivery, 'digest' | 'addressHash'>) => string;
  /** Where this reader chooses what they get, below the site; left out where there is no such page. */
  readonly preferencesPath?: (delivery: Pick<Delivery, 'addressHash'>) => string;
}

export interface EditionMailer {
  /** The mail to a reader, from the frozen edition and the frozen row. */
  readonly message: (delivery: Delivery) => Promise<OutgoingMessage>;
  /** Its parts before they are encoded. */
  readonly bodies: (delivery: Delivery) => { readonly html: string; readonly text: string };
}

/** Segments kept ready: the audience comes in the order of its topics, and a segment holds some hundred kilobytes. */
const segmentsKept = 32;

/**
 * The mail of an edition to each reader, from the frozen edition, the frozen row and the site as it is
 * configured: a changed title or address shows in an attempt made later. Readers of the
 * same topics share one rendered and encoded body; only what is personal is filled in. So do those whose wishes come to
 * the same in this edition, most of all to nothing.
 */
export function editionMailer(parts: EditionMailParts): EditionMailer {
  const { edition, shown = edition, site, sender } = parts;
  const segments = new Map<string, Segment>();
  const buffers = mailBuffers();

  function segmentOf({ topics, wish }: Delivery): Segment {
    const effect = wishEffect(shown, topics, wish);
    const key = JSON.stringify(effect ? [topics ?? null, effect] : (topics ?? null));
    const known = segments.get(key);
    if (known) return known;
    const mail = parts.mail.segment(shown, site, topics, effect);
    const write = segmentMessages({ edition, site, sender, mail }, buffers);
    const segment = { mail, write, feedUrl: siteUrl(site, feedFor(edition.digest, topics)) };
    const [oldest] = segments.keys();
    if (segments.size >= segmentsKept && oldest !== undefined) segments.delete(oldest);
    segments.set(key, segment);
    return segment;
  }

  const webUrl = siteUrl(site, editionPath(shown));
  const readerOf = (delivery: Delivery, { feedUrl }: Segment, token: string): MailReader => ({
    ...(delivery.name !== undefined && { name: delivery.name }),
    unsubscribeUrl: unsubscribeUrl(site, token),
    ...(parts.preferencesPath && { preferencesUrl: siteUrl(site, parts.preferencesPath(delivery)) }),
    webUrl,
    feedUrl,
    reason: reasonFor(delivery, edition, site),
  });

  return {
    async message(delivery) {
      const segment = segmentOf(delivery);
      const unsubscribeToken = parts.unsubscribeToken(delivery);
      const values = segment.mail.values(readerOf(delivery, segment, unsubscribeToken));
      return segment.write({ delivery, unsubscribeToken, values });
    },
    bodies(delivery) {
      const segment = segmentOf(delivery);
      return segment.mail.personalise(readerOf(delivery, segment, parts.unsubscribeToken(delivery)));
    },
  };
}

interface Segment {
  readonly mail: SegmentMail;
  readonly write: ReturnType<typeof segmentMessages>;
  readonly feedUrl: string;
}

export type LedgerMailParts = Omit<EditionMailParts, 'edition' | 'shown' | 'mail'> & {
  /** What a delivery shows; rejects when its edition is not stored. */
  readonly issueOf: (delivery: Pick<Delivery, 'editionId' | 'covers'>) => Promise<Issue>;
  /** Compiled when it is asked for the first time. */
  mail(): Promise<DigestMail>;
};

/** The message of any row of the ledger, from its own frozen edition, or those that it covers. */
export function ledgerMailer(parts: LedgerMailParts): (delivery: Delivery) => Promise<OutgoingMessage> {
  const mailers = new Map<string, Promise<EditionMailer>>();
  const openMailer = async (delivery: Delivery): Promise<EditionMailer> => {
    const { carrier, shown } = await parts.issueOf(delivery);
    return editionMailer({ ...parts, edition: carrier, shown, mail: await parts.mail() });
  };
  return async (delivery) => {
    const { editionId, covers } = delivery;
    const name = covers ? `${editionId} ${covers.fromDate} ${covers.toDate}` : `${editionId}`;
    const mailer = mailers.get(name) ?? openMailer(delivery);
    mailers.set(name, mailer);
    return (await mailer).message(delivery);
  };
}

/** The feed nearest to what the reader gets: of their only topic, else of the digest. */
function feedFor(digest: string, topics: readonly string[] | undefined): string {
  const [only, ...others] = topics ?? [];
  return only !== undefined && others.length === 0
    ? feedPaths({ kind: 'topic', key: only }).rss
    : feedPaths({ kind: 'digest', key: digest }).rss;
}

function reasonFor(delivery: Delivery, edition: Edition, site: Site): string {
  const names = delivery.topics?.map((key) => site.topics.find((topic) => topic.key === key)?.name ?? key);
  return names
    ? `You get this because ${delivery.address} is subscribed to ${edition.digestName}, topics: ${names.join(', ')}.`
    : `You get this because ${delivery.address} is subscribed to ${edition.digestName}, all topics.`;
}
