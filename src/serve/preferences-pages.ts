import { Hono, type Context } from 'hono';
import type { StoredSubscriber } from '../domain/subscriber.ts';
import { addDays, calendarDate } from '../domain/time.ts';
import { answerPage, unknownLink } from '../render/web/answer-page.ts';
import { preferencesPage, type PreferencesNote } from '../render/web/preferences-page.ts';
import { feedKeyOf } from '../store/feed-keys.ts';
import { findSubscriber } from '../store/subscribers.ts';
import { allDigests, suppressionsOf } from '../store/suppressions.ts';
import { readAddress } from '../subscribers/address-rules.ts';
import { askToChange } from '../subscribers/change-address.ts';
import { leave, type Leaving } from '../subscribers/leave.ts';
import { askOwner, renewFeedKey, savePreferences } from '../subscribers/preferences.ts';
import { readForm, type Form } from './read-form.ts';
import { readCadence, readHour, readLines, readPause, readZone } from './reader-fields.ts';
import { clientOfContext, privateHeaders, type ReaderParts } from './reader-parts.ts';

const mailed: PreferencesNote = {
  text: 'A mail is on its way to the address these mails go to. It has a button, and nothing happens before it is used. Only a few such mails are sent in a day.',
  isFault: false,
};

const incomplete: PreferencesNote = {
  text: 'Nothing was changed: the form came without what is to be done.',
  isFault: true,
};

/**
 * `GET m/TOKEN` shows what a subscriber gets, `POST m/TOKEN` changes it: topics, hour, pause, follows, the private feed,
 * leaving. The link never ends, and mails with it are forwarded: so the page shows neither address nor name, begins no
 * subscription, and asks the owner by mail before it exports, erases or changes the address.
 */
export function preferencesRoutes(parts: ReaderParts): Hono {
  const { db, tokens, pages, site, digests } = parts;

  async function page(context: Context, addressHash: string, note?: PreferencesNote): Promise<Response> {
    const subscriber = await findSubscriber(db, addressHash);
    if (!subscriber) return context.html(pages.html(site, answerPage(site, nobody)), 200, privateHeaders);
    const feedKey = await feedKeyOf(db, subscriber.id);
    const view = preferencesPage(site, digests, {
      subscriber,
      gets: await getsNow(parts, subscriber),
      ...(feedKey !== undefined && { feedKey }),
      ...(note && { note }),
      tomorrow: addDays(today(parts, subscriber), 1),
    });
    return context.html(pages.html(site, view), note?.isFault === true ? 422 : 200, privateHeaders);
  }

  return new Hono()
    .get('/m/:token', async (context) => {
      const subject = tokens.verify(context.req.param('token'), 'preferences');
      if (subject) return page(context, subject.addressHash);
      return context.html(pages.html(site, answerPage(site, unknownLink(site))), 404, privateHeaders);
    })
    .post('/m/:token', async (context) => {
      const subject = tokens.verify(context.req.param('token'), 'preferences');
      if (!subject) {
        return context.html(pages.html(site, answerPage(site, unknownLink(site))), 404, privateHeaders);
      }
      const form = await readForm(context.req.raw);
      const subscriber = await findSubscriber(db, subject.addressHash);
      const client = clientOfContext(parts, context);
      const note = subscriber && (await act(parts, subscriber, form, client));
      return page(context, subject.addressHash, note);
    });
}

const nobody = {
  title: 'There is nothing to choose',
  paragraphs: ['You get no mail from here, and nothing about you is stored.'],
  joinAgain: 'Subscribe',
};

async function act(
  parts: ReaderParts,
  subscriber: StoredSubscriber,
  form: Form,
  client: string | undefined,
): Promise<PreferencesNote> {
  const { db, digests, limits, tokens, now } = parts;
  const { addressHash } = subscriber;
  const leaveBy = async (leaving: Leaving): Promise<PreferencesNote> => {
    const clientHash = client === undefined ? undefined : tokens.clientHash(client);
    const leaver = { addressHash, way: 'link', ...(clientHash !== undefined && { clientHash }) };
    await leave(db, leaver, leaving, digests, now());
    return told('Done: these mails stop at once, also those that were about to go out.');
  };
  switch (form.text('do')) {
    case 'save':
      await savePreferences(db, subscriber, chosenIn(parts, subscriber, form), digests, now());
      return told('Saved. It holds from the next edition on.');
    case 'feed':
      await renewFeedKey(db, subscriber.id, now());
      return told('Your feed has a new address.');
    case 'change-address': {
      const verdict = readAddress(form.text('address'), parts.blockedDomains);
      if (verdict.state === 'fault') return { text: verdict.text, isFault: true };
      await askToChange(db, limits, { addressHash, newAddress: verdict.address }, now());
      return mailed;
    }
    case 'export':
    case 'erase': {
      const action = form.text('do') === 'erase' ? 'erase' : 'export';
      await askOwner(db, limits, { addressHash, action }, now());
      return mailed;
    }
    case 'leave': {
      const digest = digests.find(({ key }) => key === form.text('digest'));
      return digest ? leaveBy({ what: 'digest', digest: digest.key }) : incomplete;
    }
    case 'leave-all':
      return leaveBy({ what: 'everything' });
    default:
      return incomplete;
  }
}

function told(text: string): PreferencesNote {
  return { text, isFault: false };
}

function chosenIn(parts: ReaderParts, subscriber: StoredSubscriber, form: Form) {
  const zone = readZone(form.text('zone')) ?? subscriber.hour?.zone ?? parts.digests[0]?.zone ?? 'Etc/UTC';
  const hour = readHour(form.text('hour'), zone);
  const pausedUntil = readPause(form.text('pause'), today(parts, subscriber));
  const ticked = form.all('topic');
  return {
    subscriptions: new Map(
      parts.digests.map(({ key, topics }) => [
        key,
        {
          topics: topics.filter((topic) => ticked.includes(`${key}/${topic}`)),
          cadence: readCadence(form.text(`cadence-${key}`)),
        },
      ]),
    ),
    ...(hour && { hour }),
    ...(pausedUntil !== undefined && { pausedUntil }),
    follows: {
      authors: readLines(form.text('authors')),
      labs: readLines(form.text('labs')),
      words: readLines(form.text('words')),
    },
    muted: readLines(form.text('muted')),
  };
}

function today({ now, digests }: ReaderParts, { hour }: StoredSubscriber): string {
  return calendarDate(now(), hour?.zone ?? digests[0]?.zone ?? 'Etc/UTC');
}

/** The digests that a subscriber gets: confirmed, and nothing against it. */
async function getsNow({ db }: ReaderParts, subscriber: StoredSubscriber): Promise<readonly string[]> {
  const refused = (await suppressionsOf(db, subscriber.addressHash)).map(({ digest }) => digest);
  if (refused.includes(allDigests)) return [];
  return subscriber.subscriptions
    .filter(({ digest, state }) => state === 'confirmed' && !refused.includes(digest))
    .map(({ digest }) => digest);
}
