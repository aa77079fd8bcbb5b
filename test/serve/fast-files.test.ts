import { mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fastFiles } from '../../src/serve/fast-files.ts';
import { plainRequest } from '../../src/serve/plain-request.ts';
import { publishedReader } from '../../src/serve/published-files.ts';
import { writePublished } from '../../src/store/published.ts';

it('leaves a request to the framework, and throws nothing, while the folder cannot be looked at', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'fast-files-'));
  const dir = join(parent, 'site');
  await writePublished(dir, [{ path: 'index.html', contentType: 'text/html; charset=utf-8', body: 'Front' }]);
  const files = publishedReader(dir, () => ({ always: [], whole: [] }));
  await files.read('index.html', 'identity');
  const site = fastFiles({ root: '/', files, cacheControl: () => '', mayAnswer: () => true, now: () => 0 });
  const request = plainRequest('GET / HTTP/1.1\r\nHost: a\r\n\r\n', 0);
  if (!request) throw new Error('expected a plain request');
  const socket = new Socket();
  expect(site.plain(request, socket)).toMatchObject({ status: 200 });

  await rename(dir, join(parent, 'away'));
  await symlink(dir, dir);
  await expect(files.read('index.html', 'identity')).rejects.toThrow('ELOOP');
  await expect.poll(() => site.plain(request, socket)).toBeUndefined();
  await rm(parent, { recursive: true });
});
