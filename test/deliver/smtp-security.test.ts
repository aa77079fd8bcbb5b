import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { SmtpConfig } from '../../src/config/config.ts';
import { encryption } from '../../src/deliver/smtp-security.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import { apiServer, type ApiServer } from './providers/api-server.ts';
import { mailServer, rudeServer } from './servers.ts';

const quick = { connectMs: 2500, transactionMs: 2500, finalReplyMs: 1200 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function submit(config: SmtpConfig, to = 'ada@example.net', signal = new AbortController().signal) {
  const transport = createSmtp(config, quick);
  closers.push(() => transport.close());
  const raw = Buffer.from('Subject: x\r\n\r\nHello\r\n');
  const message = { from: 'paper@example.org', to, key: 'x', raw };
  return transport.submit(message, async () => true, signal);
}

/** A server that offers STARTTLS with a certificate that nobody vouches for. */
async function tlsServer(): Promise<{ readonly config: SmtpConfig; readonly wasSecure: () => boolean }> {
  let secure = false;
  const server = await mailServer({
    options: {
      disabledCommands: [],
      onMailFrom(_address, session, done) {
        ({ secure } = session);
        done();
      },
    },
  });
  closers.push(server.close);
  return { config: server.config, wasSecure: () => secure };
}

describe('TLS', () => {
  it('is used with any certificate when it is opportunistic', async () => {
    const { config, wasSecure } = await tlsServer();
    expect((await submit({ ...config, starttls: 'opportunistic' })).result).toBe('accepted');
    expect(wasSecure()).toBe(true);
  });

  it('has to have a good certificate when it is required, also on this machine', async () => {
    const { config, wasSecure } = await tlsServer();
    expect(await submit({ ...config, starttls: 'required' })).toMatchObject({
      result: 'blocked',
      about: 'sender',
    });
    expect(wasSecure()).toBe(false);
  });

  it('that is required and not offered stops the mail before a word of it is said', async () => {
    const server = await rudeServer({});
    closers.push(server.close);
    const answer = await submit({ ...server.config, starttls: 'required' });
    expect(answer.result).not.toBe('accepted');
    expect(server.heard.join('')).not.toMatch(/MAIL FROM/);
  });

  it('is left alone when there shall be none', async () => {
    const { config, wasSecure } = await tlsServer();
    expect((await submit({ ...config, starttls: 'none' })).result).toBe('accepted');
    expect(wasSecure()).toBe(false);
  });

  it('is never older than 1.2, and by default checked for a login to elsewhere', () => {
    const host = 'smtp.example.org';
    const login = { user: 'paper', password: 'sesame' };
    expect(encryption({ host, secure: false, login })).toEqual({
      secure: false,
      requireTLS: true,
      ignoreTLS: false,
      tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    });
    expect(encryption({ host, secure: true }).tls.rejectUnauthorized).toBe(true);
    expect(encryption({ host, secure: false })).toMatchObject({ requireTLS: false });
    expect(encryption({ host: '::1', secure: false, login })).toMatchObject({ requireTLS: false });
  });
});

describe('IPv6', () => {
  it('is spoken', async () => {
    const server = await mailServer();
    closers.push(server.close);
    const relay = createServer((from) => {
      const to = connect(server.config.port);
      from.pipe(to).pipe(from);
      from.on('error', () => to.destroy());
      to.on('error', () => from.destroy());
    }).listen(0, '::1');
    await once(relay, 'listening');
    closers.push(() => new Promise((resolve) => relay.close(() => resolve())));
    const { port } = relay.address() as AddressInfo;
    expect((await submit({ ...server.config, host: '::1', port })).result).toBe('accepted');
  });
});

describe('a login by OAuth2', () => {
  async function tokens(...given: readonly string[]): Promise<ApiServer> {
    let next = 0;
    const server = await apiServer((response) => {
      const token = given[Math.min(next, given.length - 1)];
      next += 1;
      response.end(JSON.stringify({ access_token: token, expires_in: 3600 }));
    });
    closers.push(server.close);
    return server;
  }

  const loginBy = (endpoint: ApiServer) => ({
    user: 'paper@example.org',
    oauth2: { tokenUrl: `${endpoint.url}/token`, clientId: 'c', refreshToken: 'r' },
  });

  /** As Google answers a token that is not good any more: with a challenge, and 535 behind it. */
  async function challenging(good: string): Promise<{ config: SmtpConfig; offered: string[] }> {
    const offered: string[] = [];
    const server = await mailServer({
      options: {
        authOptional: false,
        allowInsecureAuth: true,
        authMethods: ['XOAUTH2'],
        onAuth(auth, _session, done) {
          offered.push(`${auth.username} ${auth.accessToken}`);
          if (auth.accessToken === good) return done(null, { user: 'paper' });
          done(null, { data: { status: '401', schemes: 'bearer' } });
        },
      },
    });
    closers.push(server.close);
    return { config: server.config, offered };
  }

  /** As Microsoft answers it: 535 at once. */
  async function blunt(good: string): Promise<{ config: SmtpConfig; offered: string[] }> {
    const offered: string[] = [];
    const server = createServer((socket) => {
      socket.setEncoding('latin1').on('error', () => {});
      socket.on('data', (text: string) => {
        for (const line of text.split('\r\n').filter((one) => one !== '')) {
          if (line.startsWith('EHLO')) socket.write('250-blunt\r\n250 AUTH XOAUTH2\r\n');
          else if (line.startsWith('AUTH')) {
            const said = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString();
            offered.push(said.split('Bearer ')[1]?.replace(/\P{Alphabetic}/gu, '') ?? '');
            socket.write(offered.at(-1) === good ? '235 2.7.0 ok\r\n' : '535 5.7.3 unsuccessful\r\n');
          } else if (line.startsWith('DATA')) socket.write('354 go\r\n');
          else if (/^(?:MAIL|RCPT|\.$)/.test(line)) socket.write('250 2.0.0 ok\r\n');
          else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
        }
      });
      socket.write('220 blunt\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    return { config: { host: '127.0.0.1', port, secure: false, connections: 1 }, offered };
  }

  it('takes a token, which several connections share', async () => {
    const endpoint = await tokens('good');
    const { config, offered } = await challenging('good');
    const withLogin = { ...config, login: loginBy(endpoint) };
    const answers = await Promise.all([submit(withLogin), submit(withLogin, 'bo@example.net')]);
    expect(answers.map(({ result }) => result)).toEqual(['accepted', 'accepted']);
    expect(offered).toEqual(['paper@example.org good', 'paper@example.org good']);
    expect(endpoint.asked).toHaveLength(1);
  });

  it.each([
    ['by a challenge', challenging],
    ['at once', blunt],
  ])('takes another token when one is refused %s', async (_how, open) => {
    const endpoint = await tokens('old', 'good');
    const { config, offered } = await open('good');
    expect((await submit({ ...config, login: loginBy(endpoint) })).result).toBe('accepted');
    expect([offered.length, endpoint.asked.length]).toEqual([2, 2]);
  });

  it.each([
    ['by a challenge', challenging],
    ['at once', blunt],
  ])('that stays refused %s is tried twice and blocks the sender', async (_how, open) => {
    const endpoint = await tokens('old', 'older');
    const { config, offered } = await open('good');
    expect(await submit({ ...config, login: loginBy(endpoint) })).toMatchObject({
      result: 'blocked',
      about: 'sender',
      code: 535,
    });
    expect([offered.length, endpoint.asked.length]).toEqual([2, 2]);
  });

  it('whose refresh token is refused blocks the sender; one whose endpoint is broken waits', async () => {
    const { config, offered } = await challenging('good');
    const endpoint = await apiServer({ status: 400, json: { error: 'invalid_grant' } });
    closers.push(endpoint.close);
    const withLogin = { ...config, login: loginBy(endpoint) };
    const refused = await submit(withLogin);
    expect(refused).toMatchObject({ result: 'blocked', about: 'sender' });
    expect(refused.reply).toContain('invalid_grant');
    endpoint.answer = { status: 500, text: '' };
    expect((await submit(withLogin)).result).toBe('deferred');
    expect(offered).toEqual([]);
  });

  it('ends its waiting with our own stop', async () => {
    const stop = new AbortController();
    const endpoint = await apiServer(() => stop.abort(new Error('stopped')));
    closers.push(endpoint.close);
    const { config } = await challenging('good');
    const answer = await submit({ ...config, login: loginBy(endpoint) }, 'ada@example.net', stop.signal);
    expect(answer).toEqual({ result: 'deferred', reply: 'stopped' });
  });
});
