import { Hono, type Context } from 'hono';
import { answerPage, unknownLink, type Answer } from '../render/web/answer-page.ts';
import { confirm, lookAtConfirm, type RequestStanding } from '../subscribers/confirm.ts';
import { clientOfContext, privateHeaders, type ReaderParts } from './reader-parts.ts';

/**
 * `GET c/TOKEN` asks with one button, `POST c/TOKEN` subscribes. GET and HEAD change nothing (RFC 9110 section 9.2.1): mail
 * scanners follow every link. The same POST again gets the same answer and does nothing.
 */
export function confirmRoutes(parts: ReaderParts): Hono {
  const { db, tokens, pages, site, digests, now } = parts;

  const answer = (context: Context, standing: RequestStanding): Response | Promise<Response> => {
    const status = standing.state === 'unknown' ? 404 : 200;
    const html = pages.html(site, answerPage(site, words(parts, standing)));
    return context.html(html, status, privateHeaders);
  };

  return new Hono()
    .get('/c/:token', async (context) =>
      answer(context, await lookAtConfirm(db, tokens, context.req.param('token'), now())),
    )
    .post('/c/:token', async (context) => {
      const confirmation = { db, tokens, digests: digests.map(({ key }) => key) };
      const client = clientOfContext(parts, context);
      return answer(context, await confirm(confirmation, context.req.param('token'), client, now()));
    });
}

function words({ site, digests }: ReaderParts, standing: RequestStanding): Answer {
  const names = (keys: readonly string[]): string =>
    keys.map((key) => digests.find((digest) => digest.key === key)?.name ?? key).join(', ');
  switch (standing.state) {
    case 'open':
      return {
        title: 'Do you want these mails?',
        paragraphs: [
          'Every mail has a link to leave at once.',
          'This will come to the address that the link was sent to:',
        ],
        quote: names(standing.request.choice.digests.map(({ digest }) => digest)),
        button: 'I want to get these mails',
      };
    case 'done':
      return {
        title: 'You are subscribed',
        paragraphs: [
          'This link has done its work. The next edition comes by mail; every mail has a link to your preferences and one to leave.',
          'If you left since then, you stay away: ask for a new confirmation to come back.',
        ],
      };
    case 'barred':
      return {
        title: 'No mail can be sent to this address',
        paragraphs: [
          'Mails to it came back, or one was reported as spam. Nothing was changed.' +
            (site.contact === undefined ? '' : ` Please write to ${site.contact} from this address.`),
        ],
      };
    case 'expired':
      return {
        title: 'This link is too old',
        paragraphs: ['It worked for seven days. Nothing was changed; please ask for a new one.'],
        joinAgain: 'Ask for a new confirmation',
      };
    case 'unknown':
      return unknownLink(site);
  }
}
