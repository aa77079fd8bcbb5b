import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calendarDate, hourMs, minuteMs, type Instant } from '../../src/domain/time.ts';
import { sendMails, type MailReport } from '../../src/mailing.ts';
import { makeEdition, readSources, runDay } from '../../src/pipeline.ts';
import { mailServer, refusal, type MailServer } from '../deliver/servers.ts';
import { house, type House } from './house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

const now = Date.parse('2026-11-10T02:30:00Z');
const readers = ['ada', 'bob', 'eve', 'kim'].map((name) => `- { address: ${name}@example.org }\n`).join('');

let server: SourcesServer;
let smtp: MailServer;
let home: House;
let isGreylisting: boolean;

beforeEach(async () => {
  isGreylisting = false;
  server = await sourcesServer(sampleCaptures());
  server.now = now;
  smtp = await mailServer({ rcpt: () => (isGreylisting ? refusal(450, 'try again later') : undefined) });
  home = await house({
    sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n`,
    mail: `  transport: smtp
  from: Broadsheet <paper@papers.example.org>
  smtp: { host: 127.0.0.1, port: ${smtp.config.port}, secure: false, connections: 1 }
`,
    subscribers: readers,
  });
});

afterEach(async () => {
  home[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await smtp.close();
});

async function send(at: Instant): Promise<MailReport> {
  await using app = await home.open(at);
  return await sendMails(app, { now: () => at, signal: new AbortController().signal });
}

const reached = (): readonly string[] => smtp.accepted.map(({ to }) => to).toSorted();

describe('sending', () => {
  it('tries deferred mails again and never those of readers who said no or are gone meanwhile', async () => {
    isGreylisting = true;
    const { mails } = await home.run(now);
    expect(mails.sent).toMatchObject({ accepted: 0, deferred: 4 });
    expect(mails.troubled).toHaveLength(4);
    expect(mails.troubled[0]).toMatchObject({
      state: 'deferred',
      reply: expect.stringContaining('try again later'),
    });
    isGreylisting = false;
    home.writeSubscribers(
      'readers.yaml',
      `- { address: ada@example.org, topics: [agents, no-such-topic] }
- { address: bob@example.org, state: Unsubscribed }
- { address: kim@example.org, state: unsubscribed }
`,
    );
    const { sent, faults } = await send(now + hourMs);
    expect(faults.length).toBeGreaterThan(0);
    expect(reached()).toEqual(['ada@example.org']);
    expect(sent).toMatchObject({ accepted: 1, suppressed: 3 });
  });

  it('writes to nobody while a file cannot be read, for a no may stand in it, and freezes no audience', async () => {
    home.writeSubscribers('no.csv', 'address,state,reason\nada@example.org,unsubscribed,none\n');
    const { mails } = await home.run(now);
    expect(mails.sent).toMatchObject({ accepted: 0 });
    expect(mails.sent.blocked).toMatch(/no\.csv/);
    expect(mails.faults[0]?.message).toContain('reason');
    home.writeSubscribers('no.csv', 'address,state\nada@example.org,unsubscribed\n');
    const { sent, editions } = await send(now + hourMs);
    expect(editions[0]?.audience).toMatchObject({ prepared: 3, leftOut: { unsubscribed: 1 } });
    expect(sent.accepted).toBe(3);
    expect(reached()).not.toContain('ada@example.org');
  });

  it('takes a no for a no however it is spelled and wherever it stands', async () => {
    home.writeSubscribers(
      'a.yaml',
      `- { address: ada@example.org, state: Unsubscribed }
- { address: bob@example.org, email: eve@example.org, state: unsubscribed }
`,
    );
    await home.run(now);
    expect(reached()).toEqual(['kim@example.org']);
  });

  it('sends an edition whose audience was not frozen before a crash, also on the next day', async () => {
    {
      server.now = now + 10 * hourMs;
      await using app = await home.open(server.now);
      const day = { now: () => server.now, signal: new AbortController().signal };
      await readSources(app, day);
      const [digest] = app.digests;
      if (!digest) throw new Error('no digest');
      await makeEdition(app, day, { digest, editionDate: calendarDate(server.now, digest.zone) });
    }
    const report = await send(server.now + 12 * hourMs);
    expect(report.editions[0]?.audience).toMatchObject({ prepared: 4 });
    expect(smtp.accepted).toHaveLength(4);
  });

  it('freezes an audience once: whoever joins later gets the next edition', async () => {
    home.writeSubscribers('readers.yaml', '');
    expect((await home.run(now)).mails.editions[0]?.audience).toMatchObject({ prepared: 0 });
    home.writeSubscribers('readers.yaml', readers);
    expect((await home.run(now + minuteMs)).mails.sent.accepted).toBe(0);
    server.now = now + 24 * hourMs;
    expect((await home.run(server.now)).mails.sent.accepted).toBe(4);
  });

  it('looks at the reader files again before each mail', async () => {
    await using app = await home.open(now);
    const changing = {
      ...app,
      transport: {
        ...app.transport,
        submit: async (...given: Parameters<typeof app.transport.submit>) => {
          home.writeSubscribers('readers.yaml', '- { address: ada@example.org, state: unsubscribed }\n');
          return app.transport.submit(...given);
        },
      },
    };
    server.now = now;
    const day = { now: () => now, signal: new AbortController().signal };
    const slots = app.digests.map((digest) => ({ digest, editionDate: '2026-11-10' }));
    const { mails } = await runDay(changing, day, slots);
    expect(mails.sent).toMatchObject({ accepted: 1, suppressed: 3 });
  });
});
