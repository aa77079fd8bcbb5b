import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import type { Transport, SubmissionAnswer } from '../../src/deliver/transport.ts';
import { suppress } from '../../src/store/suppressions.ts';
import { sampleSite } from '../render/edition-sample.ts';
import { openReaderSite, tokens, type ReaderSite } from '../serve/reader-site.ts';

let site: ReaderSite;
beforeEach(async () => {
  site = await openReaderSite(sampleSite);
});
afterEach(() => site[Symbol.asyncDispose]());

function answering(answer: SubmissionAnswer, isMarked = true): Transport {
  return {
    name: 'test',
    submit: async (_message, beforeHandover) => {
      if (isMarked) await beforeHandover();
      return answer;
    },
    close: async () => {},
  };
}
const states = async (): Promise<readonly string[]> =>
  (await site.db.selectFrom('notices').select('state').orderBy('id').execute()).map(({ state }) => state);

describe('a notice', () => {
  it('that is deferred waits and goes out later, with the same bytes', async () => {
    await site.signUp('ada@example.net');
    const raws: string[] = [];
    const slow: Transport = {
      ...answering({ result: 'deferred', reply: '451 later', code: 451 }, false),
      submit: async ({ raw }) => {
        raws.push(Buffer.from(raw).toString());
        return { result: 'deferred', reply: '451 later', code: 451 };
      },
    };
    expect(await site.deliver(slow)).toMatchObject({ deferred: 1, sent: 0 });
    expect(await site.deliver()).toMatchObject({ sent: 0 });
    site.wait(hourMs);
    expect(await site.deliver()).toMatchObject({ sent: 1 });
    expect(Buffer.from(site.mails[0]?.raw ?? '').toString()).toBe(raws[0]);
  });

  it('that was handed over without an answer is not sent again', async () => {
    await site.signUp('ada@example.net');
    expect(await site.deliver(answering({ result: 'in_doubt', reply: 'cut' }))).toMatchObject({ failed: 1 });
    site.wait(hourMs);
    expect(await site.deliver()).toMatchObject({ sent: 0 });
    expect(await states()).toEqual(['in-doubt']);
  });

  it('whose answer is under way when we are stopped is not left in doubt', async () => {
    await site.signUp('ada@example.net');
    const stop = new AbortController();
    const stopped: Transport = {
      ...answering({ result: 'accepted', reply: '' }),
      submit: async (_message, beforeHandover, signal) => {
        await beforeHandover();
        stop.abort(new Error('stopped'));
        return signal.aborted
          ? { result: 'in_doubt', reply: 'cut' }
          : { result: 'accepted', reply: '250 ok' };
      },
    };
    expect(await site.deliver(stopped, stop.signal)).toMatchObject({ sent: 1, failed: 0 });
    expect(await states()).toEqual(['sent']);
  });

  it('that a crash left right after the marker is not sent again', async () => {
    await site.signUp('ada@example.net');
    const crashing: Transport = {
      ...answering({ result: 'accepted', reply: '' }),
      submit: async (_message, beforeHandover) => {
        await beforeHandover();
        throw new Error('the process ends here');
      },
    };
    await expect(site.deliver(crashing)).rejects.toThrow('the process ends here');
    site.wait(hourMs);
    expect(await site.deliver()).toMatchObject({ sent: 0 });
  });

  it('that a crash left before the marker goes out when its lease is over', async () => {
    await site.signUp('ada@example.net');
    const crashing: Transport = {
      ...answering({ result: 'accepted', reply: '' }),
      submit: async () => {
        throw new Error('the process ends here');
      },
    };
    await expect(site.deliver(crashing)).rejects.toThrow('the process ends here');
    expect(await site.deliver()).toMatchObject({ sent: 0 });
    site.wait(6 * minuteMs);
    expect(await site.deliver()).toMatchObject({ sent: 1 });
  });

  it('that is refused stops no other', async () => {
    await site.signUp('bad@example.net');
    await site.signUp('ada@example.net');
    const picky: Transport = {
      name: 'test',
      submit: async ({ to }, beforeHandover) => {
        await beforeHandover();
        return to.startsWith('bad')
          ? { result: 'rejected', reply: '550 no', code: 550 }
          : { result: 'accepted', reply: '250 ok' };
      },
      close: async () => {},
    };
    expect(await site.deliver(picky)).toMatchObject({ failed: 1, sent: 1 });
    expect(await states()).toEqual(['failed', 'sent']);
  });

  it('waits, uncounted, when our own server refuses us', async () => {
    for (const name of ['ada', 'bo']) await site.signUp(`${name}@example.net`);
    const blocked = answering({ result: 'blocked', about: 'sender', reply: '535 login' }, false);
    expect(await site.deliver(blocked)).toMatchObject({ sent: 0, blocked: '535 login' });
    expect(await states()).toEqual(['waiting', 'waiting']);
    site.wait(hourMs);
    expect(await site.deliver()).toMatchObject({ sent: 2 });
  });

  it('goes out once, however many senders there are', async () => {
    for (let index = 0; index < 8; index += 1) await site.signUp(`reader${index}@example.net`);
    const reports = await Promise.all([site.deliver(), site.deliver(), site.deliver()]);
    expect(reports.reduce((sum, { sent }) => sum + sent, 0)).toBe(8);
    expect(new Set(site.mails.map(({ to }) => to)).size).toBe(8);
  });

  it('does not go out after a complaint that came in between', async () => {
    await site.signUp('ada@example.net');
    const addressHash = tokens.addressHash('ada@example.net');
    await suppress(site.db, { addressHash, digest: '*', reason: 'complaint', now: site.now() });
    expect(await site.deliver()).toMatchObject({ sent: 0, dropped: 1 });
    expect(await states()).toEqual(['dropped']);
  });
});
