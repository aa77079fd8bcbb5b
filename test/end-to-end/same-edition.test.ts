import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, houseConfig } from './house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

const program = fileURLToPath(new URL('../../bin/broadsheet.js', import.meta.url));
const readers = fileURLToPath(new URL('../../subscribers', import.meta.url));
const now = '2026-11-10T02:30:00Z';

let folder: string;
let server: SourcesServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-same-'));
  server = await sourcesServer(sampleCaptures());
  server.now = Date.parse(now);
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function broadsheet(
  home: string,
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<void> {
  const child = spawn(process.execPath, [program, ...args, '--now', now, '--quiet'], {
    cwd: home,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`exit code ${String(code)}: ${stderr}`);
}

/** Every table with its rows put in again from the last to the first. */
function turnRowsAround(path: string): void {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  for (const table of ['papers', 'appearances', 'signals', 'listings']) {
    const [key = 'rowid'] = db
      .prepare(`select name from pragma_table_info('${table}') where pk > 0 order by pk desc`)
      .all()
      .map((row) => String(row['name']));
    db.exec(`create temp table turned as select * from ${table} order by ${key} desc;
      delete from ${table}; insert into ${table} select * from turned; drop table turned; vacuum`);
  }
  db.close();
}

function editions(home: string): readonly unknown[] {
  const db = new DatabaseSync(join(home, 'data/broadsheet.db'), { readOnly: true });
  const rows = db.prepare('select digest, edition_date, number, content from editions').all();
  db.close();
  return rows;
}

function views(home: string): readonly unknown[] {
  const db = new DatabaseSync(join(home, 'data/broadsheet.db'), { readOnly: true });
  const rows = [
    ...db.prepare('select kind, period, made_at, is_final, content from views order by kind, period').all(),
    ...db.prepare('select paper_id, entered_at, pick from trending_entries order by paper_id').all(),
  ];
  db.close();
  return rows;
}

/** The site without what the program notes of its own files, which names inodes. */
function published(home: string): ReadonlyMap<string, string> {
  const files = new Map(filesBelow(join(home, 'data/site')));
  files.delete('.bases.json');
  return files;
}

describe('the same store at the same time', () => {
  it('gives the same bytes in another zone, in another language and with its rows in another order', async () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    cpSync(readers, join(one, 'subscribers'), { recursive: true });
    const sources = `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n`;
    writeFileSync(join(one, 'broadsheet.yaml'), await houseConfig({ sources }));
    await broadsheet(one, {}, 'ingest');
    cpSync(one, other, { recursive: true });
    turnRowsAround(join(other, 'data/broadsheet.db'));

    await broadsheet(one, { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8' }, 'edition');
    await broadsheet(one, { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8' }, 'publish');
    await broadsheet(other, { TZ: 'America/St_Johns', LANG: 'de_DE.UTF-8' }, 'edition');
    await broadsheet(other, { TZ: 'America/St_Johns', LANG: 'de_DE.UTF-8' }, 'publish');
    expect(editions(one)).toHaveLength(1);
    expect(editions(other)).toEqual(editions(one));
    expect(views(one).length).toBeGreaterThan(5);
    expect(views(other)).toEqual(views(one));
    expect(published(one).size).toBeGreaterThan(20);
    expect(published(other)).toEqual(published(one));
  });
});
