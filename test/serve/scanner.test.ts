import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { dayMs } from '../../src/domain/time.ts';
import { createWebApp } from '../../src/serve/app.ts';
import type { Database } from '../../src/store/database.ts';
import { sampleSite } from '../render/edition-sample.ts';
import { openReaderSite, pathIn, tokens } from './reader-site.ts';

const ada = 'ada@example.net';
/** A thousand rounds take half a minute; SCANNER_ROUNDS=1000 does them. */
const rounds = Number(process.env.SCANNER_ROUNDS ?? 60);

describe('a scanner that follows every link of every mail', () => {
  it(`by GET, HEAD and OPTIONS, each ${rounds} times, at any age of the mail, changes no row`, async () => {
    await using site = await openReaderSite(sampleSite);
    const { db, post, deliver } = site;
    await site.join(ada);
    const preferences = site.preferencesPath(ada);
    const lastPath = (): string => pathIn(site.mails.at(-1), sampleSite);
    const links = new Set([lastPath(), preferences]);
    const add = async (sent: Promise<unknown>): Promise<void> => {
      await sent;
      await deliver();
      links.add(lastPath());
    };
    await add(site.signUp('new@example.net'));
    await add(site.signUp(ada));
    await add(site.signUp(ada, { do: 'link' }));
    await add(post(preferences, { do: 'export' }));
    await add(post(preferences, { do: 'erase' }));
    await add(post(preferences, { do: 'change-address', address: 'augusta@example.org' }));
    await add(post(lastPath(), {}));
    const addressHash = tokens.addressHash(ada);
    links.add(`/u/${tokens.sign('unsubscribe', { digest: 'daily', addressHash })}`);
    await post(preferences, { do: 'feed' });
    const [{ feed_key: key } = { feed_key: null }] = await db
      .selectFrom('subscribers')
      .select('feed_key')
      .execute();
    for (const file of ['rss.xml', 'atom.xml', 'feed.json']) links.add(`/f/${key}/${file}`);
    links.add('/subscribe/');
    expect([...links].map((link) => link.slice(0, 3)).toSorted()).toEqual(
      ['/a/', '/a/', '/c/', '/c/', '/e/', '/f/', '/f/', '/f/', '/m/', '/su', '/u/', '/x/'].toSorted(),
    );

    const publishedDir = mkdtempSync(join(tmpdir(), 'broadsheet-scanned-'));
    const app = createWebApp({
      publishedDir,
      site: sampleSite,
      unsubscribe: site.app,
      maxAgeSeconds: () => 300,
      latestEditionAt: async () => undefined,
      now: site.now,
      log: pino({ level: 'silent' }),
    });
    const before = await fingerprint(db);
    for (let round = 0; round < rounds; round += 1) {
      // Half of the looks come when most links are too old.
      if (round === rounds / 2) site.wait(30 * dayMs);
      for (const link of links) {
        for (const method of ['GET', 'HEAD', 'OPTIONS']) {
          const answer = await app.request(`${sampleSite.baseUrl}${link.slice(1)}`, { method });
          expect(answer.status).toBeLessThan(500);
          await answer.body?.cancel();
        }
      }
    }
    expect(await fingerprint(db)).toEqual(before);
    rmSync(publishedDir, { recursive: true, force: true });
  }, 120_000);
});

/** Every row of every table. */
async function fingerprint(db: Database): Promise<ReadonlyMap<string, string>> {
  const tables = await db.introspection.getTables();
  const sums = new Map<string, string>();
  for (const { name } of tables.filter((table) => !table.isView)) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(db);
    sums.set(name, createHash('sha256').update(JSON.stringify(rows)).digest('hex'));
  }
  return sums;
}
