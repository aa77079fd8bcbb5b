import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { editionPicks } from '../../src/domain/edition.ts';
import { storeListing } from '../../src/ingest/store-listing.ts';
import { publishSite, makeEdition } from '../../src/pipeline.ts';
import { readPaperFile } from '../../src/sources/file.ts';
import { allEditions } from '../../src/store/editions.ts';
import { house, type House } from './house.ts';
import { sourcesServer, type Capture, type SourcesServer } from './sources-server.ts';

/** Real recordings, which are not part of the project. */
const data = new URL('../../../shared/data/', import.meta.url);
const isThere = existsSync(data);
if (!isThere) console.warn('skipped: the recorded data is not beside the project');

let home: House | undefined;
let server: SourcesServer | undefined;

afterEach(async () => {
  home?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
  home = undefined;
  server = undefined;
});

function capturesOf(from: string, to: string): readonly Capture[] {
  const lines = gunzipSync(readFileSync(new URL('hf/captures/2025-10.jsonl.gz', data)))
    .toString()
    .trim()
    .split('\n');
  return lines
    .map((line) => JSON.parse(line) as { list_date: string; captured_before: string; response: unknown[] })
    .filter((one) => one.list_date >= from && one.list_date <= to)
    .map(({ list_date, captured_before, response }) => ({
      list_date,
      captured_at: captured_before,
      response,
    }))
    .toSorted((a, b) => (a.captured_at < b.captured_at ? -1 : 1));
}

describe.skipIf(!isThere)('recorded listings', () => {
  it.each([
    [
      'in the night after each list day',
      ['14', '15', '16', '17', '18'].map((day) => `2025-10-${day}T02:30:00Z`),
    ],
    [
      'in the morning of each list day',
      ['13', '14', '15', '16', '17'].map((day) => `2025-10-${day}T08:00:00Z`),
    ],
  ])('of 2025-10-13 to 2025-10-17, read %s, give five editions', { timeout: 120_000 }, async (_, times) => {
    server = await sourcesServer(capturesOf('2025-10-13', '2025-10-17'));
    home = await house({ sources: `  - { name: hf, type: hf-daily-papers, baseUrl: "${server.url}" }\n` });
    const runs = times.map((time) => Date.parse(time));
    for (const now of runs) {
      server.now = now;
      const report = await home.run(now);
      expect(report.sources[0]).toMatchObject({ state: 'ok', failures: [] });
      expect(report.editions.map((outcome) => outcome.state)).toEqual(['published']);
      expect(report.mails.sent.accepted).toBe(2);
    }
    await using app = await home.open(runs[0] ?? 0);
    const editions = (await allEditions(app.db)).map((stored) => stored.edition);
    expect(editions.map((edition) => edition.number)).toEqual([5, 4, 3, 2, 1]);

    const picks = editions.flatMap((edition) => editionPicks(edition));
    expect(new Set(picks.map((pick) => pick.paper.id)).size).toBe(picks.length);
    expect(picks.filter((pick) => (pick.score.trend?.gained ?? 0) > 0).length).toBeGreaterThan(5);
    const firstSeen = await app.db.selectFrom('papers').select(['id', 'first_seen_at']).execute();
    const newInAll = editions.reduce((sum, edition) => sum + edition.coverage.newPapers, 0);
    expect(newInAll).toBe(firstSeen.length);

    const before = home.published();
    for (const now of [...runs, ...runs.toReversed()]) {
      server.now = now;
      const report = await home.run(now);
      expect(report.editions.map((outcome) => outcome.state)).toEqual(['already published']);
      expect(report.site.written).toBe(0);
      expect(report.mails.sent.accepted).toBe(0);
    }
    expect(home.published()).toEqual(before);
  });

  it('of arXiv give the right counts on two working days and a quiet Saturday', async () => {
    server = await sourcesServer([]);
    home = await house({
      sources: `  - { name: arxiv, type: arxiv-feed, baseUrl: "${server.url}", categories: [cs.CV] }\n`,
    });
    const counts = [];
    for (const date of ['2026-04-20', '2026-04-21', '2026-04-25']) {
      server.arxiv = readFileSync(new URL(`arxiv/rss/rebuilt-${date}.cs.CV.xml`, data), 'utf8');
      const report = await home.run(Date.parse(`${date}T06:00:00Z`));
      const [source] = report.sources;
      const [listing] = source?.listings ?? [];
      counts.push([
        source?.state,
        listing?.announced,
        listing?.announcedNew,
        listing?.announcedCrossListed,
        listing?.announcedRevised,
        listing?.added,
        listing?.revised,
        listing?.dropped.length,
        report.editions[0]?.state,
      ]);
    }
    const ofDay = (date: string): number[] => {
      const text = gunzipSync(
        readFileSync(new URL(`arxiv/announced/cs.CV.${date}.json.gz`, data)),
      ).toString();
      const { papers } = JSON.parse(text) as { papers: { announce_type: string }[] };
      const count = (...types: string[]): number =>
        papers.filter((one) => types.includes(one.announce_type)).length;
      return [papers.length, count('new'), count('cross'), count('replace', 'replace-cross')];
    };
    expect(ofDay('2026-04-20')).toEqual([171, 84, 21, 66]);
    expect(counts[0]).toEqual(['ok', 171, 84, 21, 66, 105, 66, 0, 'published']);
    const [all, fresh, crossed, replaced] = ofDay('2026-04-21');
    expect(counts[1]).toEqual([
      'ok',
      all,
      fresh,
      crossed,
      replaced,
      (fresh ?? 0) + (crossed ?? 0),
      replaced,
      0,
      'published',
    ]);
    // The lists of three days were not recorded.
    expect(counts[2]).toEqual(['partial', 0, 0, 0, 0, 0, 0, 0, 'nothing new']);
  });

  it('of a saved Daily Papers page are 101 papers that make an edition and feeds', async () => {
    home = await house({ sources: '  - { name: none, type: file, paths: [none/*.bib] }\n' });
    const now = Date.parse('2026-11-24T08:00:00Z');
    await using app = await home.open(now);
    const [listing] = await readPaperFile(new URL('daily-papers-page.txt', data).pathname, now);
    if (!listing) throw new Error('nothing was read');
    const stored = await storeListing(app.db, { requestKey: 'file', listing, validators: {} });
    expect(stored).toMatchObject({ announced: 101, added: 101, dropped: [] });
    const papers = await app.db.selectFrom('papers').select(['title', 'abstract']).execute();
    expect(papers).toHaveLength(101);
    expect(papers.every((paper) => paper.title.length > 5 && paper.abstract.length > 200)).toBe(true);

    const day = { now: () => now, signal: new AbortController().signal };
    const [digest] = app.digests;
    if (!digest) throw new Error('no digest');
    const outcome = await makeEdition(app, day, { digest, editionDate: '2026-11-24' });
    expect(outcome.state).toBe('published');
    await publishSite(app, day);
    expect(home.published().get('feeds/all.xml')).toContain('<item>');
  });
});
