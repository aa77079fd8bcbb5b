import { afterEach, describe, expect, it } from 'vitest';
import type { SmtpConfig } from '../../src/config/config.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import type { OutgoingMessage, Transport } from '../../src/deliver/transport.ts';
import { mailServer, refusal, rudeServer, type Manners, type Script } from './servers.ts';

const quick = { connectMs: 2500, transactionMs: 2500, finalReplyMs: 1200 };
const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function polite(manners?: Manners) {
  const server = await mailServer(manners);
  closers.push(server.close);
  return server;
}

async function rude(script: Script) {
  const server = await rudeServer(script);
  closers.push(server.close);
  return server;
}

function smtp(config: SmtpConfig): Transport {
  const transport = createSmtp(config, quick);
  closers.push(() => transport.close());
  return transport;
}

function message(to = 'ada@example.net', text = 'Hello\r\n.with a dot\r\n'): OutgoingMessage {
  const raw = Buffer.from(`From: paper@example.org\r\nTo: ${to}\r\nSubject: x\r\n\r\n${text}`);
  return { from: 'paper@example.org', to, key: 'x', raw };
}

/** Submits once and says whether the marker was asked for. */
async function submit(transport: Transport, what = message(), signal = never) {
  let marked = false;
  const answer = await transport.submit(
    what,
    async () => {
      marked = true;
      return true;
    },
    signal,
  );
  return { answer, marked };
}

describe('a server that behaves', () => {
  it('gets the bytes as they are and the marker comes first', async () => {
    const order: string[] = [];
    const server = await polite({
      content: () => {
        order.push('whole message');
        return undefined;
      },
    });
    const sent = message();
    const answer = await smtp(server.config).submit(
      sent,
      async () => {
        order.push('marker');
        return true;
      },
      never,
    );
    expect(answer.result).toBe('accepted');
    expect(order).toEqual(['marker', 'whole message']);
    expect(server.accepted).toEqual([{ to: 'ada@example.net', raw: Buffer.from(sent.raw).toString() }]);
  });

  it('gets many messages over one connection, also after a refusal', async () => {
    const server = await polite({
      rcpt: (address) => (address.startsWith('gone') ? refusal(550, '5.1.1 gone') : undefined),
    });
    const transport = smtp(server.config);
    const results: string[] = [];
    for (const name of ['a', 'gone', 'b', 'c']) {
      results.push((await submit(transport, message(`${name}@example.net`))).answer.result);
    }
    expect(results).toEqual(['accepted', 'rejected', 'accepted', 'accepted']);
    expect(server.connections()).toBe(1);
  });

  it('gets a message of megabytes whole', async () => {
    const server = await polite();
    const big = message('ada@example.net', `${'0123456789'.repeat(7)}\r\n`.repeat(40_000));
    expect((await submit(smtp(server.config), big)).answer.result).toBe('accepted');
    expect(server.accepted[0]?.raw.length).toBe(big.raw.length);
  });

  it('is spoken to in TLS when it offers STARTTLS', async () => {
    let wasSecure = false;
    const server = await polite({
      options: {
        disabledCommands: [],
        onMailFrom(_address, session, done) {
          wasSecure = session.secure;
          done();
        },
      },
    });
    expect((await submit(smtp(server.config))).answer.result).toBe('accepted');
    expect(wasSecure).toBe(true);
  });

  it('is spoken to in TLS from the first byte when told so', async () => {
    const server = await polite({ options: { secure: true } });
    expect((await submit(smtp({ ...server.config, secure: true }))).answer.result).toBe('accepted');
  });

  it('is asked for reports of failure alone, about the mail by its name, where it can', async () => {
    const able = await rude({ ehlo: '250-rude.example\r\n250 DSN' });
    const unable = await rude({});
    for (const server of [able, unable]) {
      await submit(smtp(server.config), { ...message(), envelopeId: 'abc234' });
    }
    expect(able.heard[0]).toContain('MAIL FROM:<paper@example.org> RET=HDRS ENVID=abc234\r\n');
    expect(able.heard[0]).toContain('RCPT TO:<ada@example.net> NOTIFY=FAILURE\r\n');
    expect(unable.heard[0]).toContain('MAIL FROM:<paper@example.org>\r\n');
    expect(unable.heard[0]).toContain('RCPT TO:<ada@example.net>\r\n');
  });

  it('takes the login', async () => {
    const users: string[] = [];
    const server = await polite({
      options: {
        authOptional: false,
        allowInsecureAuth: true,
        onAuth(auth, _session, done) {
          users.push(`${auth.username}:${auth.password}`);
          done(null, { user: auth.username ?? '' });
        },
      },
    });
    const config = { ...server.config, login: { user: 'paper', password: 'sesame' } };
    expect((await submit(smtp(config))).answer.result).toBe('accepted');
    expect(users).toEqual(['paper:sesame']);
  });
});

describe('a refusal', () => {
  it.each([
    [450, '4.2.0 greylisted', 'deferred'],
    [451, '4.3.0 local error', 'deferred'],
    [421, '4.3.2 closing', 'deferred'],
    [550, '5.1.1 no such user', 'rejected'],
    [550, '5.7.1 policy', 'blocked'],
  ])('of the recipient with %i %s is %s, and nothing was handed over', async (code, text, result) => {
    const server = await polite({ rcpt: () => refusal(code, text) });
    const { answer, marked } = await submit(smtp(server.config));
    expect(answer).toMatchObject({ result, code });
    expect(marked).toBe(false);
  });

  it('of the recipient with 421 for too much mail is about the domain, although the server hangs up', async () => {
    const server = await polite({
      rcpt: () => refusal(421, '4.7.28 Unusual rate, try again in 600 seconds'),
    });
    const { answer } = await submit(smtp(server.config));
    expect(answer).toMatchObject({ result: 'deferred', about: 'domain', code: 421, waitMs: 600_000 });
  });

  it.each([
    [451, '4.7.1 scanner is away', 'deferred'],
    [552, '5.3.4 too big', 'rejected'],
    [550, '5.7.1 looks like spam', 'blocked'],
  ])('of the content with %i %s is %s after the hand-over', async (code, text, result) => {
    const server = await polite({ content: () => refusal(code, text) });
    const { answer, marked } = await submit(smtp(server.config));
    expect(answer).toMatchObject({ result, code });
    expect(marked).toBe(true);
  });

  it('of the recipient is heard without pipelining too', async () => {
    const server = await polite({
      rcpt: () => refusal(550, '5.1.1 no such user'),
      options: { hidePIPELINING: true },
    });
    expect((await submit(smtp(server.config))).answer).toMatchObject({ result: 'rejected', code: 550 });
  });

  it('of the login is our own fault', async () => {
    const server = await polite({
      options: {
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => done(refusal(535, '5.7.8 wrong password')),
      },
    });
    const config = { ...server.config, login: { user: 'paper', password: 'wrong' } };
    const { answer } = await submit(smtp(config));
    expect(answer).toMatchObject({ result: 'blocked', about: 'sender', code: 535 });
    expect(answer.reply).not.toContain('wrong:');
  });

  it('of a message without login is our own fault', async () => {
    const server = await polite({ options: { authOptional: false, allowInsecureAuth: true } });
    expect((await submit(smtp(server.config))).answer).toMatchObject({
      result: 'blocked',
      about: 'sender',
      code: 530,
    });
  });
});

describe('a server that does not answer properly', () => {
  it.each<[string, Script, string, boolean]>([
    ['hangs up at once', { greeting: 'hang up' }, 'deferred', false],
    ['greets with 421', { greeting: '421 4.3.2 busy' }, 'deferred', false],
    ['greets with 554', { greeting: '554 5.7.1 not you' }, 'blocked', false],
    ['says nothing at all', { greeting: 'silence' }, 'deferred', false],
    ['hangs up at EHLO', { ehlo: 'hang up' }, 'deferred', false],
    ['hangs up at MAIL', { mail: 'hang up' }, 'deferred', false],
    ['says 421 at MAIL', { mail: '421 4.7.0 slow down' }, 'deferred', false],
    ['refuses the sender', { mail: '550 5.1.8 bad sender' }, 'blocked', false],
    ['hangs up at RCPT', { rcpt: 'hang up' }, 'deferred', false],
    ['never answers RCPT', { rcpt: 'silence' }, 'deferred', false],
    ['hangs up at DATA', { data: 'hang up' }, 'deferred', false],
    ['refuses DATA for now', { data: '451 4.3.0 not now' }, 'deferred', false],
    ['hangs up after the dot', { dot: 'hang up' }, 'in_doubt', true],
    ['never answers the dot', { dot: 'silence' }, 'in_doubt', true],
    ['answers the dot with nonsense', { dot: 'what?' }, 'in_doubt', true],
    ['answers the dot by halves', { dot: '250-Ok so far' }, 'in_doubt', true],
    ['says 421 after the dot', { dot: '421 4.3.2 going down' }, 'deferred', true],
    ['refuses after the dot', { dot: '554 5.6.0 no' }, 'rejected', true],
  ])('and %s', async (_what, script, result, handedOver) => {
    const server = await rude(script);
    const { answer, marked } = await submit(smtp(server.config));
    expect(answer.result).toBe(result);
    expect(marked).toBe(handedOver);
  });

  it('and offers pipelining, but refuses the recipient and takes DATA all the same', async () => {
    const server = await rude({ ehlo: '250-rude.example\r\n250 PIPELINING', rcpt: '550 5.1.1 gone' });
    expect((await submit(smtp(server.config))).answer).toMatchObject({ result: 'rejected', code: 550 });
  });

  it('is not there: deferred', async () => {
    const server = await rudeServer({});
    await server.close();
    expect((await submit(smtp(server.config))).answer.result).toBe('deferred');
  });

  it('has ended the idle session: the message goes over a new one', async () => {
    const server = await rude({ hangUpAfterMessage: true });
    const transport = smtp(server.config);
    expect((await submit(transport)).answer.result).toBe('accepted');
    expect((await submit(transport)).answer.result).toBe('accepted');
    expect(server.heard).toHaveLength(2);
  });

  it('hangs up when the second message of a session begins: it goes over a new one', async () => {
    const server = await rude({ oneMessageASession: true });
    const transport = smtp(server.config);
    expect((await submit(transport)).answer.result).toBe('accepted');
    expect((await submit(transport)).answer.result).toBe('accepted');
    expect(server.heard).toHaveLength(2);
  });
});

describe('the marker', () => {
  it.each([
    ['says no', async () => false],
    ['fails', async () => Promise.reject(new Error('disk full'))],
  ])('that %s keeps the final dot back', async (_what, marker) => {
    const server = await rude({});
    const big = message('ada@example.net', `${'0123456789'.repeat(7)}\r\n`.repeat(20_000));
    const answer = await smtp(server.config).submit(big, marker, never);
    expect(answer.result).toBe('deferred');
    await expect.poll(() => server.heard[0] ?? '').toContain('Subject: x');
    expect(server.heard[0]).not.toContain('\r\n.\r\n');
  });
});

describe('a stop', () => {
  it('before the hand-over ends the try as deferred', async () => {
    const stop = new AbortController();
    const server = await rude({ rcpt: 'silence' });
    const transport = createSmtp(server.config);
    const open = transport.submit(message(), async () => true, stop.signal);
    await expect.poll(() => server.heard[0] ?? '').toContain('RCPT');
    stop.abort();
    expect((await open).result).toBe('deferred');
  });

  it('after the hand-over leaves it in doubt', async () => {
    const stop = new AbortController();
    const server = await rude({ dot: 'silence' });
    const transport = createSmtp(server.config);
    const open = transport.submit(message(), async () => true, stop.signal);
    await expect.poll(() => server.heard[0] ?? '').toContain('\r\n.\r\n');
    stop.abort();
    expect((await open).result).toBe('in_doubt');
  });

  it('that came before does not even connect', async () => {
    const server = await rude({});
    expect((await submit(smtp(server.config), message(), AbortSignal.abort())).answer.result).toBe(
      'deferred',
    );
    expect(server.heard).toEqual([]);
  });
});
