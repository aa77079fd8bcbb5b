import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PublishedDocument } from '../../src/domain/site.ts';
import { publishedReader } from '../../src/serve/published-files.ts';
import { writePublished } from '../../src/store/published.ts';

it('reads what a publication wrote that was broken off, as soon as the next one is whole', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'published-files-'));
  const contentType = 'text/html; charset=utf-8';
  const front = (body: string): PublishedDocument => ({ path: 'index.html', contentType, basis: body, body });
  const page: PublishedDocument = { path: 'page.html', contentType, basis: 'page', body: 'Page' };
  const broken: PublishedDocument = {
    ...page,
    basis: 'broken',
    get body(): string {
      throw new Error('a template with a fault');
    },
  };
  const files = publishedReader(dir, () => ({ always: [], whole: [] }));
  const shown = async () => new TextDecoder().decode((await files.read('index.html', 'identity'))?.body);

  await writePublished(dir, [front('Monday'), page]);
  expect(await shown()).toBe('Monday');
  await expect(writePublished(dir, [front('Tuesday'), broken])).rejects.toThrow('a template with a fault');
  await writePublished(dir, [front('Tuesday'), page]);
  expect(await shown()).toBe('Tuesday');
  await rm(dir, { recursive: true });
});
