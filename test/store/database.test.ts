import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { openDatabase } from '../../src/store/database.ts';
import { installation } from '../../src/store/installation.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-store-'));
  path = join(folder, 'deep', 'broadsheet.db');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the database', () => {
  it('has the schema on file, whichever steps led to it', async () => {
    await (await openDatabase(path)).destroy();
    using raw = new DatabaseSync(path, { readOnly: true });
    const rows = raw
      .prepare(
        "select sql from sqlite_schema where sql is not null and name not like 'kysely%' order by type desc, name",
      )
      .all();
    const schema = rows.map(
      (row) =>
        `${String(row['sql'])
          .replaceAll(/\n {4}/g, '\n  ')
          .replace(/\n {2}\) /, '\n) ')};\n`,
    );
    await expect(schema.join('\n')).toMatchFileSnapshot('../golden/schema.sql');
  });

  it('keeps what is in it when it is opened again, and when two have it open', async () => {
    const first = await openDatabase(path);
    const made = await installation(first, 'example.org,2026');
    const second = await openDatabase(path);
    expect(await installation(second, 'elsewhere.example,2027')).toEqual(made);
    expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
    await Promise.all([first.destroy(), second.destroy()]);
  });

  it('refuses one that a newer program wrote, says so, and leaves it alone', async () => {
    await (await openDatabase(path)).destroy();
    {
      using raw = new DatabaseSync(path);
      raw.exec("insert into kysely_migration (name, timestamp) values ('9999-the-future', '2030-01-01')");
    }
    await expect(openDatabase(path)).rejects.toThrow(StoreError);
    await expect(openDatabase(path)).rejects.toThrow(/newer Broadsheet.*9999-the-future/);
  });

  it('rolls a failed transaction back whole', async () => {
    const db = await openDatabase(path);
    const fail = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('installation').values({ key: 'a', value: '1' }).execute();
      throw new Error('stop');
    });
    await expect(fail).rejects.toThrow('stop');
    expect(await db.selectFrom('installation').select('key').execute()).toEqual([]);
    await db.destroy();
  });

  it('lets two handles write in turn instead of failing at once', async () => {
    const [first, second] = [await openDatabase(path), await openDatabase(path)];
    const write = (db: typeof first, key: string) =>
      db.transaction().execute(async (transaction) => {
        await transaction.selectFrom('installation').select('key').execute();
        await transaction.insertInto('installation').values({ key, value: '1' }).execute();
      });
    for (let round = 0; round < 10; round += 1) {
      await write(first, `a${round}`);
      await write(second, `b${round}`);
    }
    expect(await first.selectFrom('installation').select('key').execute()).toHaveLength(20);
    await Promise.all([first.destroy(), second.destroy()]);
  });

  it('refuses a value that SQLite would store as something else', async () => {
    const db = await openDatabase(path);
    const date: unknown = new Date(0);
    const insert = db.insertInto('installation').values({ key: 'a', value: date as string });
    await expect(insert.execute()).rejects.toThrow(/cannot store a value of type object/);
    await db.destroy();
  });
});
