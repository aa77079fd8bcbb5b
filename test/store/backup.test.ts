import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupDatabase, checkDatabase, restoreDatabase } from '../../src/store/backup.ts';
import { openDatabase } from '../../src/store/database.ts';
import { suppress } from '../../src/store/suppressions.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'broadsheet-backup-'));
  file = join(dir, 'broadsheet.db');
});
afterEach(() => rm(dir, { recursive: true }));

/** Suppresses so many addresses, from the `from`th on. */
async function write(from: number, count: number): Promise<void> {
  const db = await openDatabase(file);
  for (let number = from; number < from + count; number += 1) {
    await suppress(db, { addressHash: `hash ${number}`, digest: '*', reason: 'left', now: number });
  }
  await db.destroy();
}

describe('a backup', () => {
  it('holds everything and can be restored; what was there is kept', async () => {
    await write(0, 3);
    const copy = join(dir, 'copies', 'monday.db');
    expect(await backupDatabase(file, copy)).toMatchObject({ suppressions: 3 });
    await write(3, 2);
    const aside = join(dir, 'before.db');
    expect(await restoreDatabase(copy, file, aside)).toMatchObject({
      counts: { suppressions: 3 },
      kept: aside,
    });
    expect(checkDatabase(file)).toMatchObject({ suppressions: 3 });
    expect(checkDatabase(aside)).toMatchObject({ suppressions: 5 });
    await write(10, 1);
    expect(checkDatabase(file)).toMatchObject({ suppressions: 4 });
  });

  it('is of one moment while others write', async () => {
    await write(0, 1);
    const db = await openDatabase(file);
    const writing = (async () => {
      for (let number = 1; number < 200; number += 1) {
        await suppress(db, { addressHash: `hash ${number}`, digest: '*', reason: 'left', now: number });
      }
    })();
    const counts = await backupDatabase(file, join(dir, 'copy.db'));
    await writing;
    await db.destroy();
    expect(counts['suppressions']).toBeGreaterThanOrEqual(1);
    expect(checkDatabase(join(dir, 'copy.db'))).toEqual(counts);
  });

  it('never takes the place of a file that is there', async () => {
    await write(0, 1);
    const copy = join(dir, 'copy.db');
    await writeFile(copy, 'precious');
    await expect(backupDatabase(file, copy)).rejects.toThrow(/expected a new file/);
  });

  it.each([
    ['cut short', async (copy: string) => truncate(copy, 20_000)],
    ['no database', async (copy: string) => writeFile(copy, 'not a database at all')],
    ['empty', async (copy: string) => writeFile(copy, '')],
  ])('that is %s is refused and nothing is lost', async (_what, damage) => {
    await write(0, 2);
    const copy = join(dir, 'copy.db');
    await backupDatabase(file, copy);
    await damage(copy);
    await expect(restoreDatabase(copy, file, join(dir, 'before.db'))).rejects.toThrow(
      /whole Broadsheet database/,
    );
    expect(checkDatabase(file)).toMatchObject({ suppressions: 2 });
    const left = (await readdir(dir)).filter((name) => !/^broadsheet\.db-(?:shm|wal)$/.test(name));
    expect(left.toSorted()).toEqual(['broadsheet.db', 'copy.db']);
  });

  it('is not restored under a process that works with the database', async () => {
    await write(0, 2);
    const copy = join(dir, 'copy.db');
    await backupDatabase(file, copy);
    const db = await openDatabase(file);
    await suppress(db, { addressHash: 'late', digest: '*', reason: 'left', now: 9 });
    await expect(restoreDatabase(copy, file, join(dir, 'before.db'))).rejects.toThrow(
      /stop every Broadsheet/,
    );
    await db.destroy();
    expect(checkDatabase(file)).toMatchObject({ suppressions: 3 });
  });
});
