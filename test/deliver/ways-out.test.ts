import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { MailConfig } from '../../src/config/config.ts';
import { openWayOut } from '../../src/deliver/ways-out.ts';
import { apiServer } from './providers/api-server.ts';
import { sampleMail } from './providers/sample-mail.ts';
import { mailServer, rudeServer } from './servers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const common = { from: { address: 'paper@example.org' }, inDoubt: 'hold' } as const;
const never = new AbortController().signal;

function open(mail: MailConfig, onDown?: (relay: string, reply: string) => void) {
  const outboxDir = mkdtempSync(join(tmpdir(), 'broadsheet-way-out-'));
  const way = openWayOut(mail, { outboxDir, clock: () => 0, ...(onDown && { onDown }) });
  closers.push(async () => {
    await way.transport.close();
    rmSync(outboxDir, { recursive: true });
  });
  return {
    ...way,
    outboxDir,
    send: async () => way.transport.submit(await sampleMail(), async () => true, never),
  };
}

describe('the configured way out', () => {
  it('can be a folder', async () => {
    const way = open({ transport: 'outbox', from: common.from });
    expect((await way.send()).result).toBe('accepted');
    expect([way.transport.name, way.connections, readdirSync(way.outboxDir).length]).toEqual([
      'outbox',
      1,
      1,
    ]);
  });

  it('can be one server', async () => {
    const server = await mailServer();
    closers.push(server.close);
    const way = open({ transport: 'smtp', ...common, smtp: server.config });
    expect((await way.send()).result).toBe('accepted');
    expect([way.connections, server.accepted.length]).toEqual([4, 1]);
  });

  it('keeps each of several servers to its own number of connections', async () => {
    let underWay = 0;
    let most = 0;
    const [small, bad] = [
      await mailServer({
        content: async () => {
          most = Math.max(most, (underWay += 1));
          for (let turn = 0; turn < 50; turn += 1) await setImmediate();
          underWay -= 1;
          return undefined;
        },
      }),
      await rudeServer({ greeting: 'hang up' }),
    ];
    closers.push(small.close, bad.close);
    const relays = [
      { ...small.config, name: 'small', weight: 1, connections: 2 },
      { ...bad.config, name: 'bad', weight: 1, connections: 6 },
    ];
    const way = open({ transport: 'relays', ...common, relays });
    const answers = await Promise.all(Array.from({ length: way.connections }, way.send));
    expect(answers.map(({ result }) => result)).toEqual(Array.from({ length: 8 }, () => 'accepted'));
    expect(most).toBe(2);
    expect(small.connections()).toBe(2);
  });

  it('can be several servers, of which one stands in for another, and the operator is told its name', async () => {
    const [good, bad] = [await mailServer(), await rudeServer({ greeting: 'hang up' })];
    closers.push(good.close, bad.close);
    const down: string[] = [];
    const relays = [
      { ...bad.config, name: 'bad', weight: 1000 },
      { ...good.config, name: 'good', weight: 1 },
    ];
    const way = open({ transport: 'relays', ...common, relays }, (relay) => down.push(relay));
    expect((await way.send()).result).toBe('accepted');
    expect(way.transport.name).toBe('bad, good');
    expect([way.connections, good.accepted.length, down]).toEqual([8, 1, ['bad']]);
  });

  it.each([
    ['ses', '/v2/email/outbound-emails'],
    ['postmark', '/email'],
    ['mailgun', '/v3/mg.example.org/messages.mime'],
    ['sendgrid', '/v3/mail/send'],
  ] as const)('can be %s', async (name, path) => {
    const server = await apiServer({ status: 429, text: 'later' });
    closers.push(server.close);
    const api = { baseUrl: server.url, connections: 3, key: 'key' };
    const configs: Record<typeof name, MailConfig> = {
      ses: {
        transport: 'ses',
        ...common,
        ses: { ...api, region: 'eu-west-1', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretKey: 's' },
      },
      postmark: { transport: 'postmark', ...common, postmark: { ...api, stream: 'broadcast' } },
      mailgun: { transport: 'mailgun', ...common, mailgun: { ...api, domain: 'mg.example.org' } },
      sendgrid: { transport: 'sendgrid', ...common, sendgrid: api },
    };
    const way = open(configs[name]);
    expect((await way.send()).result).toBe('deferred');
    expect([way.transport.name, way.connections, server.asked[0]?.path]).toEqual([name, 3, path]);
  });
});
