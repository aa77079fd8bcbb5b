import { createHash } from 'node:crypto';
import { Hono, type Context } from 'hono';
import type { Digest } from '../domain/digest.ts';
import { hourMs, secondMs } from '../domain/time.ts';
import { answerPage } from '../render/web/answer-page.ts';
import { subscribePage, type SubscribeFields } from '../render/web/subscribe-page.ts';
import { subscribeScript } from '../render/web/subscribe-script.ts';
import type { SignUpChoice } from '../store/requests.ts';
import { readAddress } from '../subscribers/address-rules.ts';
import { askForLink, askToJoin } from '../subscribers/signup.ts';
import { readForm, type Form } from './read-form.ts';
import { readCadence, readHour, readZone } from './reader-fields.ts';
import { clientOfContext, privateHeaders, type ReaderParts } from './reader-parts.ts';

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Nobody reads and fills the form in less; a form that stood open for longer is shown again. */
const fastestMs = 2 * secondMs;
const slowestMs = 24 * hourMs;

/**
 * `GET subscribe/` shows the form, `POST subscribe/` takes it, or a request for a lost link.
 *
 * The answer to an address depends on its text alone and does the same work for each: whether it is known, subscribed or
 * suppressed is only looked at when the mail is due. A form that does not come from the page (one on another site) is
 * answered with the page, filled in, so that a person looks at it; so are one that came back too fast and one too old.
 * What fills the field that nobody sees gets the usual answer and nothing happens.
 */
export function subscribeRoutes(parts: ReaderParts): Hono {
  const { digests, site, pages, tokens, now } = parts;

  function show(fields: SubscribeFields, fault?: string, isFilled = true): Response {
    const form = {
      fields,
      stamp: tokens.stamp(now()),
      workBits: parts.workBits,
      isFilled,
      ...(fault !== undefined && { fault }),
    };
    const html = pages.html(site, subscribePage(site, digests, form));
    return new Response(html, {
      status: fault === undefined ? 200 : 422,
      headers: { ...headers, 'Content-Type': 'text/html; charset=UTF-8' },
    });
  }

  const told = (context: Context): Response | Promise<Response> =>
    context.html(pages.html(site, answerPage(site, lookIntoMailbox)), 200, privateHeaders);

  return new Hono()
    .get('/subscribe/', () => show(emptyFields(digests), undefined, false))
    .get('/subscribe/form.js', (context) =>
      context.body(subscribeScript, 200, {
        'Content-Type': 'text/javascript; charset=utf-8',
        'Cache-Control': 'public, max-age=3600',
      }),
    )
    .post('/subscribe/', async (context) => {
      const form = await readForm(context.req.raw);
      const fields = fieldsOf(form, digests);
      if (form.text('remark') !== '') return told(context);
      const verdict = readAddress(form.text('address'), parts.blockedDomains);
      if (verdict.state === 'fault') return show(fields, verdict.text);
      const shownAt = tokens.readStamp(form.text('at'));
      if (shownAt === undefined || now() - shownAt > slowestMs) {
        return show(fields, 'Please look at your choices and send them once more.');
      }
      if (now() - shownAt < fastestMs) {
        return show(fields, 'That was faster than people are. Please send it once more.');
      }
      const client = clientOfContext(parts, context);
      const asked = { address: verdict.address, ...(client !== undefined && { client }) };
      if (form.text('do') === 'link') {
        await askForLink(parts, asked, now());
        return told(context);
      }
      const choice = choiceOf(fields, digests);
      if (choice.digests.length === 0) return show(fields, 'Please choose what you want to get.');
      if (!isWorkDone(parts.workBits, form, verdict.address)) {
        return show(fields, 'The calculation against robots is missing. Please send it once more.');
      }
      await askToJoin(parts, { ...asked, choice }, now());
      return told(context);
    });
}

const lookIntoMailbox = {
  title: 'Please look into your mailbox',
  paragraphs: [
    'If mail from here may go to this address, one is on its way. It has a button, and nothing happens before you use it.',
    'Nothing there after ten minutes? Look among the spam. For an address only a few such mails are sent in a day.',
  ],
};

function emptyFields(digests: readonly Digest[]): SubscribeFields {
  return { address: '', digests: [], topics: [], cadence: 'every', zone: digests[0]?.zone ?? 'Etc/UTC' };
}

function fieldsOf(form: Form, digests: readonly Digest[]): SubscribeFields {
  const zone = readZone(form.text('zone')) ?? digests[0]?.zone ?? 'Etc/UTC';
  const hour = readHour(form.text('hour'), zone);
  const isOwn = form.text('at') !== '';
  const chosen = form.all('digest').filter((key) => digests.some((digest) => digest.key === key));
  return {
    address: form.text('address').replace(/\s+/g, ' ').trim().slice(0, 254),
    // A form elsewhere that names no digest means all of them; on the page no tick means none.
    digests: isOwn && chosen.length === 0 ? ['-'] : chosen,
    topics: form.all('topic').slice(0, 500),
    cadence: readCadence(form.text('cadence')),
    zone,
    ...(hour && { hour }),
  };
}

function choiceOf(fields: SubscribeFields, digests: readonly Digest[]): SignUpChoice {
  return {
    digests: digests
      .filter(({ key }) => fields.digests.length === 0 || fields.digests.includes(key))
      .map(({ key, topics }) => {
        const own = topics.filter((topic) => fields.topics.includes(`${key}/${topic}`));
        const isAll = own.length === 0 || own.length === topics.length;
        return { digest: key, ...(!isAll && { topics: own }) };
      }),
    cadence: fields.cadence,
    ...(fields.hour && { hour: fields.hour }),
  };
}

/** Hashcash without a third party: the sender found a number that makes this hash begin with so many zero bits. */
function isWorkDone(bits: number, form: Form, address: string): boolean {
  if (bits === 0) return true;
  const work = form.text('work');
  if (!/^\d{1,12}$/.test(work)) return false;
  const head = createHash('sha256')
    .update(`${form.text('at')} ${address} ${work}`)
    .digest()
    .readUInt32BE(0);
  return Math.clz32(head) >= bits;
}
