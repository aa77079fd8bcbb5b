import { afterEach, describe, expect, it } from 'vitest';
import { checkSmtp } from '../../../src/deliver/preflight/smtp.ts';
import { mailServer, rudeServer } from '../servers.ts';

const quick = { connectMs: 500, transactionMs: 500, finalReplyMs: 500 };
const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const login = { user: 'paper', password: 'sesame' };

async function server(password: string) {
  const opened = await mailServer({
    options: {
      authOptional: false,
      disabledCommands: [],
      onAuth(auth, _session, done) {
        if (auth.password === password) done(null, { user: 'paper' });
        else done(new Error('wrong'));
      },
    },
  });
  closers.push(opened.close);
  return opened;
}

describe('the way out by SMTP', () => {
  it('is tried with TLS and login, and nothing is sent', async () => {
    const { config, accepted, connections } = await server('sesame');
    expect(await checkSmtp({ ...config, login }, never, quick)).toMatchObject({
      result: 'ok',
      came: 'TLS, login as paper taken',
    });
    expect([connections(), accepted.length]).toEqual([1, 0]);
  });

  it('that refuses the login, or has a bad certificate, is a fault that says where to look', async () => {
    const { config } = await server('another');
    const refused = await checkSmtp({ ...config, login }, never, quick);
    expect(refused).toMatchObject({ result: 'fault', came: expect.stringMatching(/^535/) });
    expect(refused.advice).toContain('login');
    expect(await checkSmtp({ ...config, starttls: 'required' }, never, quick)).toMatchObject({
      result: 'fault',
      came: expect.stringMatching(/certificate/i),
    });
  });

  it.each([{ greeting: 'silence' }, { greeting: 'hang up' }, { greeting: '554 5.7.1 go away' }])(
    'that answers with %j is a fault',
    async (script) => {
      const rude = await rudeServer(script);
      closers.push(rude.close);
      expect((await checkSmtp(rude.config, never, quick)).result).toBe('fault');
    },
  );

  it('is left by our own stop', async () => {
    const rude = await rudeServer({ greeting: 'silence' });
    closers.push(rude.close);
    await expect(checkSmtp(rude.config, AbortSignal.abort(new Error('stopped')), quick)).rejects.toThrow(
      'stopped',
    );
  });
});
