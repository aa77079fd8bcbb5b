import { Hono, type Context } from 'hono';
import { answerPage, unknownLink, type Answer } from '../render/web/answer-page.ts';
import { eraseAddress } from '../store/erasure.ts';
import { findSubscriber } from '../store/subscribers.ts';
import { agreeToChange, lookAtChange, type ChangeStanding } from '../subscribers/change-address.ts';
import { exportOf, recordExport } from '../subscribers/privacy.ts';
import type { TimedAction } from '../subscribers/tokens.ts';
import { clientOfContext, privateHeaders, type ReaderParts } from './reader-parts.ts';

/**
 * What only the owner of an address may do, by links that are mailed to it and work for a day: `a/TOKEN` changes the
 * address, `x/TOKEN` gives all data as JSON, `e/TOKEN` erases it. GET asks with one button and changes nothing; POST does
 * it. A link that is too old, or of somebody who was erased, gets the same neutral page.
 */
export function ownerRoutes(parts: ReaderParts): Hono {
  const { db, tokens, pages, site, digests, now } = parts;

  function page(context: Context, answer: Answer, status: 200 | 404 | 410 = 200) {
    return context.html(pages.html(site, answerPage(site, answer)), status, privateHeaders);
  }

  async function ownerOf(token: string, action: TimedAction): Promise<Owner> {
    const verdict = tokens.verifyTimed(token, action, now());
    if (!verdict) return { state: 'unknown' };
    const { addressHash } = verdict;
    const isThere = verdict.state === 'valid' && (await findSubscriber(db, addressHash)) !== undefined;
    return isThere ? { state: 'there', addressHash } : { state: 'expired' };
  }

  const change = (context: Context, standing: ChangeStanding) =>
    standing.state === 'unknown'
      ? page(context, unknownLink(site), 404)
      : page(context, changeWords(site, standing), standing.state === 'expired' ? 410 : 200);

  return new Hono()
    .get('/a/:token', async (context) =>
      change(context, await lookAtChange(db, tokens, context.req.param('token'), now())),
    )
    .post('/a/:token', async (context) => {
      const client = clientOfContext(parts, context);
      const agreement = { db, tokens, digests: digests.map(({ key }) => key) };
      return change(context, await agreeToChange(agreement, context.req.param('token'), client, now()));
    })
    .get('/x/:token', async (context) => {
      const owner = await ownerOf(context.req.param('token'), 'export');
      if (owner.state === 'unknown') return page(context, unknownLink(site), 404);
      return owner.state === 'expired' ? page(context, tooOld, 410) : page(context, exportQuestion);
    })
    .post('/x/:token', async (context) => {
      const owner = await ownerOf(context.req.param('token'), 'export');
      if (owner.state === 'unknown') return page(context, unknownLink(site), 404);
      const data = owner.state === 'there' ? await exportOf(db, owner.addressHash, now()) : undefined;
      if (owner.state !== 'there' || !data) return page(context, tooOld, 410);
      await recordExport(db, owner.addressHash, now());
      return context.body(`${JSON.stringify(data, undefined, 2)}\n`, 200, {
        ...privateHeaders,
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Disposition': 'attachment; filename="my-subscription.json"',
      });
    })
    .get('/e/:token', async (context) => {
      const owner = await ownerOf(context.req.param('token'), 'erase');
      if (owner.state === 'unknown') return page(context, unknownLink(site), 404);
      return owner.state === 'expired' ? page(context, tooOld, 410) : page(context, eraseQuestion);
    })
    .post('/e/:token', async (context) => {
      const owner = await ownerOf(context.req.param('token'), 'erase');
      if (owner.state === 'unknown') return page(context, unknownLink(site), 404);
      if (owner.state !== 'there') return page(context, tooOld, 410);
      await eraseAddress(db, owner.addressHash, now());
      return page(context, erased);
    });
}

type Owner =
  | { readonly state: 'there'; readonly addressHash: string }
  /** Too old, or of somebody who was erased. */
  | { readonly state: 'expired' | 'unknown' };

const tooOld: Answer = {
  title: 'This link is no longer valid',
  paragraphs: ['It was used already, or it is older than a day. Nothing was changed just now.'],
};

const exportQuestion: Answer = {
  title: 'Get your data',
  paragraphs: ['A JSON file with all that is stored about you: choices, consents, and which mails you got.'],
  button: 'Get the file',
};

const eraseQuestion: Answer = {
  title: 'Erase everything about you?',
  paragraphs: [
    'Your address, your choices and the proofs of your consent are deleted, and you get no more mail.',
    'What stays is a number that is made from your address and cannot be read back: it keeps an old list from bringing you back.',
  ],
  button: 'Erase everything',
  isDangerous: true,
};

const erased: Answer = {
  title: 'Everything about you is erased',
  paragraphs: ['You get no more mail. You can come back at any time by subscribing again yourself.'],
};

function changeWords(site: ReaderParts['site'], standing: ChangeStanding): Answer {
  switch (standing.state) {
    case 'open':
      return standing.end === 'old'
        ? {
            title: 'Change your address?',
            paragraphs: [
              'When you agree, a mail is sent to the new address, to be confirmed there too.',
              'From then on your mails go to:',
            ],
            quote: standing.request.newAddress,
            button: 'Yes, this is my new address',
          }
        : {
            title: 'Is this your new address?',
            paragraphs: ['Your mails will come here from now on, and no more to the old address.'],
            button: 'Yes, I want to get these mails here',
          };
    case 'done':
      return standing.end === 'old'
        ? {
            title: 'One more step',
            paragraphs: ['A mail is on its way to the new address. Use the button in it within a day.'],
          }
        : {
            title: 'Your address is changed',
            paragraphs: ['Your mails come here from now on, with all that you chose.'],
          };
    case 'taken':
      return {
        title: 'This address is subscribed already',
        paragraphs: ['It has a subscription of its own, so nothing was changed.'],
      };
    case 'barred':
      return {
        title: 'No mail can be sent to this address',
        paragraphs: ['Mails to it came back, or one was reported as spam. Nothing was changed.'],
      };
    case 'expired':
      return tooOld;
    case 'unknown':
      return unknownLink(site);
  }
}
