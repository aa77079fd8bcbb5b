import { parseFeed } from 'feedsmith';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editionPicks, type Edition } from '../../src/domain/edition.ts';
import type { DayReport } from '../../src/pipeline.ts';
import { allEditions } from '../../src/store/editions.ts';
import { mailServer, type MailServer } from '../deliver/servers.ts';
import { house, type House } from './house.ts';
import {
  arxivFeedText,
  sampleCaptures,
  sourcesServer,
  type Capture,
  type SourcesServer,
} from './sources-server.ts';
import { item } from '../sources/hf-answers.ts';
import { unicodeMaths } from '../../src/render/maths.ts';
import { escapeXml } from '../../src/render/text.ts';

const runs = ['2026-11-10', '2026-11-11', '2026-11-12', '2026-11-13', '2026-11-14'].map((date) => ({
  date,
  now: Date.parse(`${date}T02:30:00Z`),
}));
const hostileTitle =
  'Language models & <script>alert(1)</script> ]]> "quoted" ]]> \u0007\r\nBcc: x@example.net';

/** The bundled sample with one more paper, the most voted of the first day. */
function captures(): readonly Capture[] {
  const [first, ...others] = sampleCaptures();
  if (!first) throw new Error('the sample is empty');
  const hostile = item({
    id: '2611.80001',
    title: hostileTitle,
    submittedOnDailyAt: '2026-11-09T00:00:00.000Z',
    upvotes: 400,
  });
  return [
    { ...first, captured_at: '2026-11-09T03:00:00Z', response: [hostile, ...first.response] },
    ...others,
  ].map((capture) =>
    capture.list_date === first.list_date && capture !== first
      ? { ...capture, response: [hostile, ...capture.response.filter((one) => one !== hostile)] }
      : capture,
  );
}

let server: SourcesServer;
let smtp: MailServer;
let home: House;
const reports: DayReport[] = [];
let editions: readonly Edition[];

const flat = (text = ''): string => text.replaceAll(/\s+/g, ' ');
const startOf = (title: string): string => flat(unicodeMaths(title)).slice(0, 25).trim();

/** The invented arXiv announcements of each day: something new, a cross-list, and a revision of the first. */
function arxivOf(index: number): string {
  const [first, ...others] = runs;
  const date = runs[index]?.date ?? '';
  if (!first) throw new Error('no days');
  return arxivFeedText(date, [
    ...(index === 0 ? [{ id: '2611.80001', type: 'new', title: escapeXml(hostileTitle) }] : []),
    ...(index === others.length
      ? [{ id: '2611.80001', version: 2, type: 'replace', title: escapeXml(hostileTitle) }]
      : []),
    { id: `2611.8010${index}`, type: 'new', title: `A language model, invented number ${index}` },
    { id: `2611.8020${index}`, type: 'cross', title: `A crossing robot, invented number ${index}` },
    { id: `2301.0000${index}`, version: 4, type: 'replace', title: `An old language model ${index}` },
  ]);
}

async function runDayOf(index: number): Promise<DayReport> {
  const run = runs[index];
  if (!run) throw new Error('no such day');
  server.now = run.now;
  server.arxiv = arxivOf(index);
  return home.run(run.now);
}

beforeAll(async () => {
  server = await sourcesServer(captures());
  smtp = await mailServer();
  home = await house({
    sources: `  - { name: hf-daily-papers, type: hf-daily-papers, baseUrl: "${server.url}" }
  - { name: arxiv, type: arxiv-feed, baseUrl: "${server.url}", categories: [cs.CL] }
`,
    mail: `  transport: smtp
  from: Broadsheet <paper@papers.example.org>
  smtp: { host: 127.0.0.1, port: ${smtp.config.port}, secure: false, connections: 2 }
`,
  });
  for (const index of runs.keys()) reports.push(await runDayOf(index));
  await using app = await home.open(runs.at(-1)?.now ?? 0);
  editions = (await allEditions(app.db)).map((stored) => stored.edition).toReversed();
}, 120_000);

afterAll(async () => {
  home[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await smtp.close();
});

describe('five days from loopback HTTP to loopback SMTP', () => {
  it('give five numbered editions', () => {
    expect(editions.map(({ editionDate, number }) => [editionDate, number])).toEqual(
      runs.map(({ date }, index) => [date, index + 1]),
    );
  });

  it('tell what each source announced', () => {
    expect(reports[0]?.sources.map(({ source, state }) => [source, state])).toEqual([
      ['hf-daily-papers', 'ok'],
      ['arxiv', 'ok'],
    ]);
    expect(reports[0]?.sources[1]?.listings[0]).toMatchObject({
      announcedNew: 2,
      announcedCrossListed: 1,
      announcedRevised: 1,
      added: 3,
      revised: 1,
      dropped: [],
    });
    expect(reports[4]?.sources[1]?.listings[0]).toMatchObject({ added: 2, revised: 2 });
  });

  it('pick no paper twice', () => {
    const ids = editions.flatMap((edition) => editionPicks(edition).map((pick) => pick.paper.id));
    expect(ids.length).toBeGreaterThan(50);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('never take a replacement for news', () => {
    const shown = JSON.stringify(
      editions.map(({ sections, outside, alsoNew }) => [sections, outside, alsoNew]),
    );
    expect(shown).not.toContain('An old language model');
  });

  it('tell that a paper shown before has a new version', () => {
    expect(editions.at(-1)?.updated).toMatchObject([
      { id: 'arxiv:2611.80001', version: 2, fields: ['version'] },
    ]);
  });

  it('show votes of later readings as trend', () => {
    const trends = editions.flatMap((edition) =>
      editionPicks(edition).flatMap((pick) => pick.score.trend ?? []),
    );
    expect(trends.some((trend) => trend.gained > 0)).toBe(true);
    const whys = editions.flatMap((edition) => editionPicks(edition).map((pick) => pick.why));
    expect(whys.filter((why) => /\d+ votes, \+\d+ in \d+ h/.test(why)).length).toBeGreaterThan(3);
  });

  it('give every pick a reason and a score whose parts add up', () => {
    for (const pick of editions.flatMap(editionPicks)) {
      const sum = pick.score.parts.reduce((total, part) => total + part.value, 0);
      expect(sum).toBeCloseTo(pick.score.value, 9);
      if (pick.topic !== 'outside') expect(pick.why).not.toBe('');
    }
  });

  it('publish feeds that parse back to the picks of all editions, newest first', () => {
    const published = home.published();
    const ids = editions
      .toReversed()
      .flatMap((edition) => editionPicks(edition).map((pick) => `tag:localhost,2026:paper/${pick.paper.id}`));
    for (const path of ['feeds/all.xml', 'feeds/all.atom.xml', 'feeds/all.json']) {
      const { format, feed } = parseFeed(published.get(path) ?? '');
      const found =
        format === 'rss'
          ? feed.items?.map((item) => item.guid?.value)
          : format === 'atom'
            ? feed.entries?.map((entry) => entry.id)
            : format === 'json'
              ? feed.items?.map((item) => item.id)
              : undefined;
      expect(found, path).toEqual(ids.slice(0, 100));
    }
    const { feed } = parseFeed(published.get('feeds/daily.atom.xml') ?? '');
    expect(feed).toMatchObject({ entries: { length: 5 } });
  });

  it('send each reader one mail an edition, with the topics they chose', async () => {
    expect(smtp.accepted).toHaveLength(10);
    const mails = await Promise.all(smtp.accepted.map(({ raw }) => simpleParser(raw)));
    const [all, agents] = ['all@example.org', 'agents@example.org'].map((address) =>
      mails.filter((mail) => JSON.stringify(mail.to).includes(address)),
    );
    expect([all?.length, agents?.length]).toEqual([5, 5]);
    const [edition] = editions;
    for (const section of edition?.sections ?? []) {
      for (const pick of section.picks) {
        const isForAgents = section.topic === 'agents' || pick.alsoIn.includes('agents');
        expect(flat(all?.[0]?.text)).toContain(startOf(pick.paper.title));
        expect(flat(agents?.[0]?.text).includes(startOf(pick.paper.title))).toBe(isForAgents);
      }
    }
    const lists = new Set(smtp.accepted.map(({ raw }) => /^List-Id: .*$/im.exec(raw)?.[0]?.trim()));
    expect([...lists]).toEqual(['List-Id: "Daily Broadsheet" <daily.papers.example.org>']);
    for (const { raw } of smtp.accepted) expect(raw).toMatch(/^List-Unsubscribe: </m);
  });

  it('show a hostile title as text everywhere', async () => {
    const published = home.published();
    const page = published.get('p/arxiv/2611.80001/index.html') ?? '';
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; ]]');
    for (const [path, text] of published) {
      if (path.endsWith('.html')) expect(text, path).not.toMatch(/<script/i);
    }
    for (const { raw } of smtp.accepted) expect(raw).not.toMatch(/^Bcc:/im);
    const first = smtp.accepted.find(({ to }) => to === 'all@example.org');
    const mail = await simpleParser(first?.raw ?? '');
    expect(mail.html).toContain('&lt;script&gt;alert(1)');
    expect(mail.html).not.toMatch(/<script/i);
    expect(mail.text).toContain('<script>alert(1)</script> ]]>');
    const { feed } = parseFeed(published.get('feeds/all.xml') ?? '');
    // In feeds an unseen word joiner parts what would be an end tag.
    expect(JSON.stringify(feed).replaceAll('\u2060', '')).toContain(
      '<script>alert(1)</script> ]]> \\"quoted\\" ]]>',
    );
  });

  it('change no byte and send no mail when any day is run again', async () => {
    const before = home.published();
    for (const index of [2, 4, 0]) {
      const report = await runDayOf(index);
      expect(report.editions.map((outcome) => outcome.state)).toEqual(['already published']);
      expect(report.site).toMatchObject({ written: 0, removed: 0 });
      expect(report.mails.sent).toMatchObject({ accepted: 0, deferred: 0, rejected: 0 });
    }
    expect(home.published()).toEqual(before);
    expect(smtp.accepted).toHaveLength(10);
  });
});

describe('a bad day', () => {
  const now = Date.parse('2026-11-17T02:30:00Z');

  it('goes on without the source that answers wrongly, names the broken row, and sends to the rest', async () => {
    home.writeSubscribers('broken.csv', 'address,name\nnobody at all,Nobody\nlate@example.org,Lia Late\n');
    server.now = now;
    server.wrong = { status: 200, body: '<html><body>Please log in</body></html>' };
    server.arxiv = arxivFeedText('2026-11-17', [
      { id: '2611.80901', type: 'new', title: 'A language model on a bad day' },
    ]);
    const report = await home.run(now);
    // The feed has its newest list only, and that of 2026-11-16 was missed.
    expect(report.sources.map(({ state }) => state)).toEqual(['failed', 'partial']);
    expect(report.sources[0]?.failures[0]).toMatchObject({ code: 'not-recognised' });
    expect(report.mails.faults).toMatchObject([{ line: 2 }]);
    expect(
      smtp.accepted
        .slice(10)
        .map(({ to }) => to)
        .toSorted(),
    ).toContain('late@example.org');
    const published = home.published();
    const page = published.get('editions/daily/2026-11-17/index.html') ?? '';
    expect(page).toContain('hf-daily-papers');
    expect(page).toMatch(/could not be read|not read|failed/i);
  });

  it('makes no edition on a Saturday and says that it is quiet', async () => {
    delete server.wrong;
    server.now = Date.parse('2026-11-20T12:00:00Z');
    await home.run(server.now);
    server.now = Date.parse('2026-11-21T12:00:00Z');
    server.arxiv = arxivFeedText('2026-11-21', []);
    const report = await home.run(server.now);
    // The sample ends before: to us, whole lists that are suddenly empty on working days.
    expect(report.sources.map(({ state }) => state)).toEqual(['partial', 'partial']);
    expect(report.sources[0]?.reason).toMatch(/expected about \d+ papers as on 2026-11-17; got 0/);
    expect(report.editions.map((outcome) => outcome.state)).toEqual(['nothing new']);
    expect(report.mails.sent.accepted).toBe(0);
  });
});
