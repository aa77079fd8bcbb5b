import { afterEach, describe, expect, it } from 'vitest';
import { createAccessTokens, TokenError } from '../../src/deliver/oauth2.ts';
import { apiServer, type Answer, type ApiServer } from './providers/api-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function endpoint(answer: Answer): Promise<ApiServer> {
  const server = await apiServer(answer);
  closers.push(server.close);
  return server;
}

const login = (server: ApiServer) => ({
  tokenUrl: `${server.url}/token`,
  clientId: 'client',
  clientSecret: 'c/secret',
  refreshToken: 'r+token',
  scope: 'https://mail.example/',
});

const granted = (token: string, seconds = 3600): Answer => ({
  status: 200,
  json: { access_token: token, expires_in: seconds, token_type: 'Bearer' },
});

async function failure(tokens: Promise<string>): Promise<TokenError> {
  const thrown: unknown = await tokens.catch((error: unknown) => error);
  if (thrown instanceof TokenError) return thrown;
  throw new Error(`expected a TokenError, got ${String(thrown)}`);
}

describe('an access token', () => {
  it('is asked for with the refresh token, in a form', async () => {
    const server = await endpoint(granted('t1'));
    expect(await createAccessTokens(login(server), () => 0).get(false)).toBe('t1');
    const [asked] = server.asked;
    expect(asked?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(asked?.body.toString()))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r+token',
      client_id: 'client',
      client_secret: 'c/secret',
      scope: 'https://mail.example/',
    });
  });

  it('is kept until shortly before its end, and shared by those who ask at once', async () => {
    const server = await endpoint(granted('t1', 600));
    let now = 0;
    const tokens = createAccessTokens(login(server), () => now);
    expect(await Promise.all([tokens.get(false), tokens.get(false), tokens.get(true)])).toEqual([
      't1',
      't1',
      't1',
    ]);
    server.answer = granted('t2', 600);
    now = 539_000;
    expect(await tokens.get(false)).toBe('t1');
    now = 541_000;
    expect(await tokens.get(false)).toBe('t2');
    server.answer = granted('t3');
    expect(await tokens.get(true)).toBe('t3');
    expect(server.asked).toHaveLength(3);
  });

  it('that is refused is the operator’s matter, and the reason is told without a secret', async () => {
    const server = await endpoint({
      status: 400,
      json: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    });
    const error = await failure(createAccessTokens(login(server), () => 0).get(false));
    expect(error.code).toBe('EAUTH');
    expect(error.message).toContain('invalid_grant: Token has been expired or revoked.');
    for (const secret of ['c/secret', 'r+token']) expect(error.message).not.toContain(secret);
  });

  it.each<[string, Answer]>([
    ['429', { status: 429, json: { error: 'slow_down' } }],
    ['a broken server', { status: 503, text: 'oops' }],
    ['garbage', { status: 200, text: '<html>' }],
    ['a token that is none', { status: 200, json: { access_token: 'a\r\nb' } }],
    ['an endless answer', (response) => response.end('x'.repeat(100_000))],
  ])('that did not come for %s may come later, and the next call asks again', async (_what, answer) => {
    const server = await endpoint(answer);
    const tokens = createAccessTokens(login(server), () => 0);
    expect((await failure(tokens.get(false))).code).toBeUndefined();
    server.answer = granted('t2');
    expect(await tokens.get(false)).toBe('t2');
  });
});
