import type { App } from '../app.ts';
import { noticeMessage } from '../deliver/notice-message.ts';
import type { SubmissionAnswer } from '../deliver/transport.ts';
import { siteUrl } from '../domain/site.ts';
import { formatInstant, secondMs } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { AlarmMessage } from '../store/alarms.ts';
import type { AlarmBody } from '../watch/alarm-plan.ts';
import { alarmWords } from '../watch/alarm-words.ts';
import { createOutgoing } from '../websub/outgoing.ts';
import { userAgent } from '../program-files.ts';

type Message = AlarmMessage<AlarmBody>;

const webhookTimeoutMs = 10 * secondMs;

/** Tries once to tell the operator, over the channel of the message; every failure is a value. `mark` is asked right before. */
export async function handOver(
  app: App,
  message: Message,
  mark: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<SubmissionAnswer> {
  try {
    return message.channel === 'mail'
      ? await overMail(app, message, mark, signal)
      : await overWebhook(app, message, mark, signal);
  } catch (thrown) {
    return { result: 'blocked', about: 'message', reply: asError(thrown).message };
  }
}

async function overMail(
  app: App,
  message: Message,
  mark: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<SubmissionAnswer> {
  const { config, sender, site, tokens } = app;
  const to = config.alarms.mail ?? '';
  const { writeWords } = await app.noticeMail();
  const words = {
    ...alarmWords(site.title, message.body),
    button: 'See how it is',
    ignore:
      'This is told once when it begins, once a day while it lasts, and at its end, as "alarms" in the configuration says.',
  };
  const mail = await noticeMessage({
    from: config.signUp.from ?? sender.from,
    sender,
    to,
    ...writeWords(site, words, 'health'),
    key: tokens.messageKey({ digest: 'alarm', editionDate: String(message.id) }, tokens.addressHash(to)),
    at: message.madeAt,
  });
  return app.transport.submit(mail, mark, signal);
}

/** Any 2xx says that it was taken; 408, 429 and 5xx that it may be later; another is a refusal, as are redirects. */
async function overWebhook(
  app: App,
  message: Message,
  mark: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<SubmissionAnswer> {
  const { webhook } = app.config.alarms;
  if (!webhook) return { result: 'blocked', about: 'sender', reply: 'no webhook is configured' };
  await using outgoing = createOutgoing({
    userAgent,
    allowedHosts: webhook.allowHosts,
    timeoutMs: webhookTimeoutMs,
  });
  if (!(await mark())) return { result: 'deferred', reply: 'in other hands' };
  const answer = await outgoing.send(webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(webhookBody(app, message)),
    signal,
  });
  switch (answer.state) {
    case 'answered': {
      const reply = `HTTP status ${answer.status}`;
      if (answer.status >= 200 && answer.status < 300) return { result: 'accepted', reply };
      const isForNow = answer.status >= 500 || answer.status === 429 || answer.status === 408;
      return isForNow ? { result: 'deferred', reply } : { result: 'rejected', reply };
    }
    case 'private':
      return {
        result: 'blocked',
        about: 'sender',
        reply: `${answer.reason}; name it in alarms.webhook.allowHosts`,
      };
    // It may have been taken; `id` lets the other side see that it is the same.
    case 'unanswered':
    case 'stopped':
      return { result: 'deferred', reply: answer.state === 'stopped' ? 'stopped' : answer.reason };
  }
}

/** `text` is what chat servers show of such a request. */
function webhookBody({ site }: App, { id, madeAt, body }: Message) {
  const { subject, paragraphs } = alarmWords(site.title, body);
  return {
    id,
    at: formatInstant(madeAt),
    site: site.baseUrl,
    health: siteUrl(site, 'health'),
    text: [subject, ...paragraphs].join('\n'),
    ...body,
  };
}
