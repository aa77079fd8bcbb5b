import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createMailgun } from '../../../src/deliver/providers/mailgun.ts';
import { createPostmark } from '../../../src/deliver/providers/postmark.ts';
import { createSendgrid } from '../../../src/deliver/providers/sendgrid.ts';
import { createSes } from '../../../src/deliver/providers/ses.ts';
import { signedByAws } from '../../../src/deliver/providers/aws-signature.ts';
import type { OutgoingMessage, Transport } from '../../../src/deliver/transport.ts';
import { apiServer, type Answer, type ApiServer } from './api-server.ts';
import { sampleMail } from './sample-mail.ts';

const timeouts = { connectMs: 2000, answerMs: 400 };
const now = Date.parse('2026-11-24T06:00:00Z');
const sesKey = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'a-secret',
  region: 'eu-west-1',
  service: 'ses',
};

type Name = 'ses' | 'postmark' | 'mailgun' | 'sendgrid';

/** As each of them says yes. */
const yes: Record<Name, Answer> = {
  ses: { status: 200, json: { MessageId: '0102019-aa' } },
  postmark: {
    status: 200,
    json: {
      To: 'ada@example.net',
      SubmittedAt: '2026-11-24T07:25:01.4178645-05:00',
      MessageID: '0a129aee-e1cd-480d-b08d-4f48548ff48d',
      ErrorCode: 0,
      Message: 'OK',
    },
  },
  mailgun: { status: 200, json: { id: '<key7@example.org>', message: 'Queued. Thank you.' } },
  sendgrid: { status: 202, headers: { 'x-message-id': '14c5d75ce93' } },
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serverOf(answer: Answer): Promise<ApiServer> {
  const server = await apiServer(answer);
  closers.push(server.close);
  return server;
}

function provider(name: Name, baseUrl: string): Transport {
  const common = { baseUrl, connections: 2 };
  const transports = {
    ses: () => createSes({ ...common, ...sesKey }, { clock: () => now, timeouts }),
    postmark: () => createPostmark({ ...common, key: 'server-token', stream: 'broadcast' }, timeouts),
    mailgun: () => createMailgun({ ...common, key: 'key-1', domain: 'mg.example.org' }, timeouts),
    sendgrid: () => createSendgrid({ ...common, key: 'SG.key' }, timeouts),
  };
  const transport = transports[name]();
  closers.push(() => transport.close());
  return transport;
}

async function submit(
  transport: Transport,
  {
    message,
    marker = async () => true,
    signal = new AbortController().signal,
  }: {
    message?: OutgoingMessage;
    marker?: () => Promise<boolean>;
    signal?: AbortSignal;
  } = {},
) {
  let isMarked = false;
  const answer = await transport.submit(
    message ?? (await sampleMail()),
    () => {
      isMarked = true;
      return marker();
    },
    signal,
  );
  return { answer, isMarked };
}

const names: readonly Name[] = ['ses', 'postmark', 'mailgun', 'sendgrid'];

describe('what goes over the wire', () => {
  it('to SES is the whole mail, signed', async () => {
    const server = await serverOf(yes.ses);
    const message = await sampleMail();
    const { answer } = await submit(provider('ses', server.url), { message });
    expect(answer).toEqual({ result: 'accepted', reply: '200 MessageId 0102019-aa' });
    const [asked] = server.asked;
    expect(asked?.path).toBe('/v2/email/outbound-emails');
    const json: unknown = JSON.parse(asked?.body.toString() ?? '');
    expect(json).toEqual({
      Content: { Raw: { Data: Buffer.from(message.raw).toString('base64') } },
      Destination: { ToAddresses: ['ada@example.net'] },
      FeedbackForwardingEmailAddress: 'bounces+t7@example.org',
    });
    const signed = signedByAws(
      {
        method: 'POST',
        url: `${server.url}/v2/email/outbound-emails`,
        headers: { 'content-type': 'application/json' },
        body: asked?.body ?? '',
      },
      sesKey,
      now,
    );
    expect(asked?.headers).toMatchObject(signed);
  });

  it('to Postmark is the mail in pieces, with our Message-ID and the fields of a list', async () => {
    const server = await serverOf(yes.postmark);
    const { answer } = await submit(provider('postmark', server.url));
    expect(answer.result).toBe('accepted');
    const [asked] = server.asked;
    expect([asked?.path, asked?.headers['x-postmark-server-token']]).toEqual(['/email', 'server-token']);
    const json = JSON.parse(asked?.body.toString() ?? '');
    expect(json).toMatchObject({
      From: '"The \\"Paper\\", daily" <paper@example.org>',
      To: '"Ada Ünal" <ada@example.net>',
      ReplyTo: 'editor@example.org',
      Subject: 'Größe zählt: 3 papers on agents',
      TextBody: 'Café, a line that begins\n.with a dot\n',
      HtmlBody: '<p>Café &amp; <a href="https://papers.example.org/e/">more</a></p>\n.dot\n',
      MessageStream: 'broadcast',
      TrackOpens: false,
      TrackLinks: 'None',
    });
    expect(json.Headers).toEqual(
      expect.arrayContaining([
        { Name: 'Message-ID', Value: '<key7@example.org>' },
        { Name: 'X-PM-KeepID', Value: 'true' },
        { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
        {
          Name: 'List-Unsubscribe',
          Value:
            '<https://papers.example.org/u/token7>, <mailto:editor@example.org?subject=unsubscribe%20token7>',
        },
      ]),
    );
    const sent = json.Headers.map(({ Name }: { Name: string }) => Name.toLowerCase());
    for (const own of ['from', 'to', 'subject', 'date', 'content-type']) expect(sent).not.toContain(own);
  });

  it('to Mailgun is a form with the mail as a file, byte for byte', async () => {
    const server = await serverOf(yes.mailgun);
    const message = await sampleMail();
    const { answer } = await submit(provider('mailgun', server.url), { message });
    expect(answer).toEqual({ result: 'accepted', reply: '200 id <key7@example.org>' });
    const [asked] = server.asked;
    expect(asked?.path).toBe('/v3/mg.example.org/messages.mime');
    expect(asked?.headers.authorization).toBe(`Basic ${Buffer.from('api:key-1').toString('base64')}`);
    const form = await new Response(asked?.body, {
      headers: { 'content-type': asked?.headers['content-type'] ?? '' },
    }).formData();
    expect(form.getAll('to')).toEqual(['ada@example.net']);
    expect(form.get('o:tracking')).toBe('no');
    const file = form.get('message');
    expect(file instanceof File ? Buffer.from(await file.arrayBuffer()) : file).toEqual(
      Buffer.from(message.raw),
    );
  });

  it('to SendGrid is the mail in pieces, without tracking', async () => {
    const server = await serverOf(yes.sendgrid);
    const { answer } = await submit(provider('sendgrid', server.url));
    expect(answer).toEqual({ result: 'accepted', reply: '202 X-Message-Id 14c5d75ce93' });
    const [asked] = server.asked;
    expect([asked?.path, asked?.headers.authorization]).toEqual(['/v3/mail/send', 'Bearer SG.key']);
    const json = JSON.parse(asked?.body.toString() ?? '');
    expect(json).toMatchObject({
      personalizations: [{ to: [{ email: 'ada@example.net', name: 'Ada Ünal' }] }],
      from: { email: 'paper@example.org', name: 'The "Paper", daily' },
      reply_to: { email: 'editor@example.org' },
      subject: 'Größe zählt: 3 papers on agents',
      content: [
        { type: 'text/plain', value: 'Café, a line that begins\n.with a dot\n' },
        { type: 'text/html' },
      ],
      headers: { 'Message-ID': '<key7@example.org>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
      tracking_settings: { click_tracking: { enable: false }, open_tracking: { enable: false } },
    });
  });
});

describe('a mail without an HTML part', () => {
  const raw = Buffer.from('From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\n\r\nonly text\r\n');
  const message = { from: 'a@example.org', to: 'b@example.net', key: 'x', raw };

  it.each(['postmark', 'sendgrid'] as const)(
    'is nothing that %s can carry, and nothing is asked',
    async (name) => {
      const server = await serverOf(yes[name]);
      const { answer, isMarked } = await submit(provider(name, server.url), { message });
      expect([answer.result, isMarked, server.asked.length]).toEqual(['blocked', false, 0]);
    },
  );
});

describe('the marker', () => {
  it.each(names)('is set before %s hears anything', async (name) => {
    const server = await serverOf(yes[name]);
    let heardBefore = -1;
    const marker = async () => {
      heardBefore = server.asked.length;
      return true;
    };
    expect((await submit(provider(name, server.url), { marker })).answer.result).toBe('accepted');
    expect([heardBefore, server.asked.length]).toEqual([0, 1]);
  });

  it.each(names)('that cannot be set keeps the mail from %s', async (name) => {
    const server = await serverOf(yes[name]);
    const { answer } = await submit(provider(name, server.url), { marker: async () => false });
    expect(answer).toEqual({ result: 'deferred', reply: 'withdrawn before it was handed over' });
    const failing = () => Promise.reject(new Error('the database is gone'));
    expect((await submit(provider(name, server.url), { marker: failing })).answer).toEqual({
      result: 'deferred',
      reply: 'the database is gone',
    });
    expect(server.asked).toEqual([]);
  });

  it('is not asked for when there is nobody to connect to', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    const port = typeof address === 'object' ? address?.port : 0;
    probe.close();
    await once(probe, 'close');
    const { answer, isMarked } = await submit(provider('ses', `http://127.0.0.1:${port}`));
    expect([answer.result, isMarked]).toEqual(['deferred', false]);
  });
});

describe('no answer', () => {
  it.each(names)('of %s that hangs up leaves the mail in doubt', async (name) => {
    const server = await serverOf(yes[name]);
    server.hangsUp = true;
    const { answer, isMarked } = await submit(provider(name, server.url));
    expect([answer.result, isMarked]).toEqual(['in_doubt', true]);
  });

  it('in time leaves the mail in doubt', async () => {
    const server = await serverOf(() => {});
    expect((await submit(provider('postmark', server.url))).answer.result).toBe('in_doubt');
  });

  it.each(['ses', 'postmark', 'mailgun'] as const)(
    'of %s that is whole leaves the mail in doubt',
    async (name) => {
      const server = await serverOf((response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"Mess');
        response.socket?.end();
      });
      expect((await submit(provider(name, server.url))).answer.result).toBe('in_doubt');
    },
  );

  it.each(['ses', 'postmark', 'mailgun', 'sendgrid'] as const)(
    'that makes sense, from a stranger in the place of %s, leaves the mail in doubt',
    async (name) => {
      const server = await serverOf({ status: 200, text: '<html>Please log in to this network</html>' });
      expect((await submit(provider(name, server.url))).answer.result).toBe('in_doubt');
    },
  );

  it('before our own stop leaves the mail in doubt', async () => {
    const stop = new AbortController();
    const server = await serverOf(() => stop.abort(new Error('stopped')));
    const { answer } = await submit(provider('ses', server.url), { signal: stop.signal });
    expect(answer.result).toBe('in_doubt');
    const again = await submit(provider('ses', server.url), { signal: stop.signal });
    expect([again.answer.result, again.isMarked]).toEqual(['deferred', false]);
  });

  it('is what an endless one is', async () => {
    const server = await serverOf((response) => response.end('x'.repeat(200_000)));
    expect((await submit(provider('ses', server.url))).answer.result).toBe('in_doubt');
  });
});

const sesFault = (type: string, message: string, status = 400): Answer => ({
  status,
  json: { message },
  headers: { 'x-amzn-errortype': type },
});
const postmarkFault = (ErrorCode: number, Message: string, status = 422): Answer => ({
  status,
  json: { ErrorCode, Message },
});
const sendgridFault = (status: number, message: string, field: string | null = null): Answer => ({
  status,
  json: { errors: [{ message, field, help: null }] },
});

describe('a refusal', () => {
  it.each<[Name, Answer, string]>([
    ['ses', sesFault('TooManyRequestsException', 'Maximum sending rate exceeded.', 429), 'deferred relay'],
    ['ses', sesFault('LimitExceededException', 'Daily message quota exceeded.'), 'deferred relay'],
    ['ses', sesFault('SendingPausedException', 'Sending paused for this account.'), 'blocked sender'],
    ['ses', sesFault('AccountSuspendedException:http://x/', 'Suspended'), 'blocked sender'],
    [
      'ses',
      sesFault('MessageRejected', 'Email address is not verified. The following identities failed'),
      'blocked sender',
    ],
    ['ses', sesFault('MessageRejected', 'Message contains a virus.'), 'blocked message'],
    ['ses', sesFault('BadRequestException', 'Illegal address'), 'rejected'],
    ['ses', sesFault('BadRequestException', 'Header name is invalid'), 'blocked message'],
    ['ses', sesFault('SignatureDoesNotMatch', 'The request signature we calculated', 403), 'blocked sender'],
    ['ses', sesFault('InternalFailure', 'try later', 500), 'deferred'],
    ['postmark', postmarkFault(10, 'Bad or missing API token', 401), 'blocked sender'],
    ['postmark', postmarkFault(300, "Error parsing 'To': Illegal email domain 'x' in address."), 'rejected'],
    ['postmark', postmarkFault(300, "Invalid 'From' address"), 'blocked message'],
    ['postmark', postmarkFault(400, 'The Sender Signature was not found'), 'blocked sender'],
    ['postmark', postmarkFault(405, 'You are out of credits'), 'blocked sender'],
    ['postmark', postmarkFault(406, 'You tried to send to a recipient that is inactive'), 'rejected'],
    ['postmark', postmarkFault(1235, 'The stream provided does not exist'), 'blocked sender'],
    ['postmark', postmarkFault(429, 'Rate limit exceeded', 429), 'deferred relay'],
    ['postmark', { status: 500, text: 'oops' }, 'deferred'],
    ['mailgun', { status: 401, text: 'Forbidden' }, 'blocked sender'],
    ['mailgun', { status: 404, json: { message: 'Domain not found: mg.example.org' } }, 'blocked sender'],
    [
      'mailgun',
      { status: 400, json: { message: "'to' parameter is not a valid address. please check documentation" } },
      'rejected',
    ],
    [
      'mailgun',
      { status: 400, json: { message: 'Domain mg.example.org is not allowed to send: disabled' } },
      'blocked sender',
    ],
    ['mailgun', { status: 400, json: { message: 'message is not a valid MIME' } }, 'blocked message'],
    ['mailgun', { status: 429, json: { message: 'Too many requests' } }, 'deferred relay'],
    ['sendgrid', sendgridFault(401, 'The provided authorization grant is invalid'), 'blocked sender'],
    [
      'sendgrid',
      sendgridFault(403, 'The from address does not match a verified Sender Identity', 'from'),
      'blocked sender',
    ],
    [
      'sendgrid',
      sendgridFault(400, 'Does not contain a valid address.', 'personalizations.0.to.0.email'),
      'rejected',
    ],
    ['sendgrid', sendgridFault(400, 'Does not contain a valid address.', 'from.email'), 'blocked sender'],
    ['sendgrid', sendgridFault(400, 'The subject is required.', 'subject'), 'blocked message'],
    ['sendgrid', sendgridFault(429, 'too many requests'), 'deferred relay'],
    ['sendgrid', { status: 503, text: '' }, 'deferred relay'],
    ['sendgrid', { status: 302, headers: { location: 'https://elsewhere.example/' } }, 'blocked sender'],
    // A gateway cannot know whether the provider took it.
    ['mailgun', { status: 502, text: '<html>Bad Gateway</html>' }, 'in_doubt'],
    ['ses', { status: 504, text: '' }, 'in_doubt'],
  ])('of %s: %j is %s', async (name, answer, expected) => {
    const server = await serverOf(answer);
    const said = (await submit(provider(name, server.url))).answer;
    expect('about' in said ? `${said.result} ${said.about}` : said.result).toBe(expected);
  });

  it('that names a wait says how long, and its reply is one line', async () => {
    const server = await serverOf({ status: 429, text: 'slow\r\ndown', headers: { 'retry-after': '30' } });
    expect((await submit(provider('mailgun', server.url))).answer).toEqual({
      result: 'deferred',
      about: 'relay',
      waitMs: 30_000,
      reply: '429 slow down',
      code: 429,
    });
  });
});

describe('one transport', () => {
  it('sends many mails over few connections', async () => {
    const server = await serverOf(yes.ses);
    const transport = provider('ses', server.url);
    const results = await Promise.all(Array.from({ length: 8 }, () => submit(transport)));
    expect(results.map(({ answer }) => answer.result)).toEqual(Array.from({ length: 8 }, () => 'accepted'));
  });
});
