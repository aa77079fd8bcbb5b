import { afterEach, describe, expect, it } from 'vitest';
import { createRelays, type Relay } from '../../src/deliver/relays.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import type { OutgoingMessage } from '../../src/deliver/transport.ts';
import { minuteMs } from '../../src/domain/time.ts';
import { mailServer, refusal, rudeServer, type MailServer, type Manners } from './servers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function server(manners: Manners = {}): Promise<MailServer> {
  const opened = await mailServer(manners);
  closers.push(opened.close);
  return opened;
}

function relay(config: MailServer['config'], name: string, weight = 1): Relay {
  const transport = createSmtp(config);
  closers.push(() => transport.close());
  return { transport: { ...transport, name }, weight };
}

function message(number: number): OutgoingMessage {
  const raw = Buffer.from(`Subject: ${number}\r\n\r\nHello\r\n`);
  return { from: 'paper@example.org', to: `reader${number}@example.com`, key: `key-${number}`, raw };
}

const yes = async (): Promise<boolean> => true;
const never = new AbortController().signal;

describe('several relays', () => {
  it('share the mail by their weights, and a message always goes by the same one', async () => {
    const [small, large] = [await server(), await server()];
    const relays = createRelays([relay(small.config, 'small'), relay(large.config, 'large', 3)], {
      clock: () => 0,
    });
    for (const round of [1, 2]) {
      for (let number = 0; number < 80; number += 1) await relays.submit(message(number), yes, never);
      expect(small.accepted.length + large.accepted.length).toBe(80 * round);
    }
    const bySmall = new Set(small.accepted.map(({ to }) => to));
    expect(large.accepted.filter(({ to }) => bySmall.has(to))).toEqual([]);
    expect(small.accepted.length / 160).toBeCloseTo(0.25, 1);
  });

  it('take the place of one that cannot be reached, which is asked again after five minutes', async () => {
    const [good, gone] = [await server(), await server()];
    await gone.close();
    let now = 0;
    const down: string[] = [];
    const relays = createRelays([relay(gone.config, 'gone', 1000), relay(good.config, 'good')], {
      clock: () => now,
      onDown: (name) => down.push(name),
    });
    for (let number = 0; number < 10; number += 1) {
      expect(await relays.submit(message(number), yes, never)).toMatchObject({ result: 'accepted' });
    }
    expect(down).toEqual(['gone']);
    now += 5 * minuteMs;
    await relays.submit(message(11), yes, never);
    expect(down).toEqual(['gone', 'gone']);
    expect(good.accepted).toHaveLength(11);
  });

  it('take the place of one that refuses our login, and say so when all do', async () => {
    const refusing = { ehlo: '250 rude.example', mail: '530 5.7.0 Authentication required' };
    const [first, second] = [await rudeServer(refusing), await rudeServer(refusing)];
    closers.push(first.close, second.close);
    const good = await server();
    const some = createRelays([relay(first.config, 'first', 1000), relay(good.config, 'good')], {
      clock: () => 0,
    });
    expect(await some.submit(message(1), yes, never)).toMatchObject({ result: 'accepted' });
    const none = createRelays([relay(first.config, 'first'), relay(second.config, 'second')], {
      clock: () => 0,
    });
    expect(await none.submit(message(1), yes, never)).toMatchObject({ result: 'blocked', about: 'sender' });
  });

  it('never hand a message to a second relay once the first may have it', async () => {
    const silent = await rudeServer({ dot: 'hang up' });
    closers.push(silent.close);
    const good = await server();
    const relays = createRelays([relay(silent.config, 'silent', 1000), relay(good.config, 'good')], {
      clock: () => 0,
    });
    expect(await relays.submit(message(1), yes, never)).toMatchObject({ result: 'in_doubt' });
    expect(good.accepted).toEqual([]);
  });

  it('leave a reader that one relay refuses with that answer', async () => {
    const strict = await server({ rcpt: () => refusal(550, '5.1.1 No such user') });
    const good = await server();
    const relays = createRelays([relay(strict.config, 'strict', 1000), relay(good.config, 'good')], {
      clock: () => 0,
    });
    expect(await relays.submit(message(1), yes, never)).toMatchObject({ result: 'rejected' });
    expect(good.accepted).toEqual([]);
  });
});
