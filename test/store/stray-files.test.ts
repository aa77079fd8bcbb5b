import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writePublished } from '../../src/store/published.ts';

it('a publication removes what one that was killed left an hour ago, and nothing that is being written', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'broadsheet-stray-'));
  try {
    mkdirSync(join(dir, 'p'));
    const [old, young] = [randomUUID(), randomUUID()].map((id) => join('p', `.${id}.tmp`));
    for (const name of [old, young, 'p/mine.tmp']) writeFileSync(join(dir, name ?? ''), 'half');
    for (const name of [old, 'p/mine.tmp']) utimesSync(join(dir, name ?? ''), 0, 0);
    await writePublished(dir, [{ path: 'a.txt', contentType: 'text/plain', body: 'a' }]);
    const names = readdirSync(dir, { recursive: true });
    expect(names).not.toContain(old);
    expect(names).toEqual(expect.arrayContaining([young, 'p/mine.tmp', 'a.txt']));
  } finally {
    rmSync(dir, { recursive: true });
  }
});
