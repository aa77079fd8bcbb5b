import { mkdtemp, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebApp } from '../../src/serve/app.ts';
import { readPage } from '../render/web/html-tree.ts';
import { projectPages, site } from '../render/web/sample-site.ts';

let parent: string;
let dir: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'outbox-'));
  dir = join(parent, 'outbox');
});
afterEach(() => rm(parent, { recursive: true }));

function mail(subject: string, extra = ''): string {
  return [
    'From: The Morning Preprint <desk@example.org>',
    'To: Ada Example <ada@example.com>',
    `Subject: ${subject}`,
    'Date: Tue, 24 Nov 2026 02:30:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="b"',
    ...(extra === '' ? [] : [extra]),
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Three papers for you & yours.',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p style="color:red">Three <b>papers</b></p><script>alert(1)</script>',
    '--b--',
    '',
  ].join('\r\n');
}

async function put(file: string, content: string, day = 24): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, file), content);
  const at = new Date(Date.UTC(2026, 10, day));
  await utimes(join(dir, file), at, at);
}

async function app(withOutbox = true): Promise<Hono> {
  return createWebApp({
    publishedDir: join(parent, 'site'),
    site,
    ...(withOutbox ? { outbox: { dir, pages: await projectPages() } } : {}),
    maxAgeSeconds: () => 300,
    latestEditionAt: async () => undefined,
    now: () => 0,
    log: pino({ level: 'silent' }),
  });
}

async function ask(path: string): Promise<Response> {
  return (await app()).request(`/daily/outbox/${path}`);
}

function texts(html: string, name: string): readonly string[] {
  return readPage(html).elements.flatMap((element) => (element.name === name ? [element.text] : []));
}

describe('the outbox', () => {
  it('lists the mails, newest first, with subject, reader and date', async () => {
    await put('older.eml', mail('Mon 23 Nov'), 23);
    await put('newer.eml', mail('=?utf-8?Q?Tue_24_Nov_=C2=B7_Agents?='), 24);
    await put('.half.eml', mail('not yet'));
    await put('notes.txt', 'not a mail');
    const answer = await ask('');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.headers.get('X-Robots-Tag')).toBe('noindex');
    expect(texts(await answer.text(), 'td')).toEqual([
      'Tue 24 Nov · Agents',
      '"Ada Example" <ada@example.com>',
      'Tue 24 Nov, 02:30 UTC',
      'Mon 23 Nov',
      '"Ada Example" <ada@example.com>',
      'Tue 24 Nov, 02:30 UTC',
    ]);
  });

  it('is empty when the folder is not there yet', async () => {
    expect(await (await ask('')).text()).toContain('The outbox is empty.');
  });

  it('shows one mail: who, what, its text, its headers, and its HTML in a frame that can do nothing', async () => {
    await put('a b.eml', mail('Hello', 'List-Id: Daily <daily.papers.example.org>'));
    const answer = await ask('a%20b.eml/');
    expect(answer.headers.get('Content-Security-Policy')).toContain("frame-src 'self'");
    const html = await answer.text();
    expect(texts(html, 'h1')).toEqual(['Hello']);
    expect(texts(html, 'pre')[0]).toContain('Three papers for you & yours.');
    expect(texts(html, 'pre')[1]).toContain('List-Id: Daily <daily.papers.example.org>');
    const { elements, errors } = readPage(html);
    expect(errors).toEqual([]);
    expect(elements.find((element) => element.name === 'iframe')?.attributes).toMatchObject({
      src: '/daily/outbox/a%20b.eml/body',
      sandbox: 'allow-popups allow-popups-to-escape-sandbox',
    });
    expect(elements.some((element) => element.name === 'script')).toBe(false);
  });

  it('gives the HTML of a mail as it is, under rules of its own that let no script run', async () => {
    await put('a.eml', mail('Hello'));
    const answer = await ask('a.eml/body');
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/html/);
    expect(await answer.text()).toContain('<p style="color:red">Three <b>papers</b></p>');
    const policy = answer.headers.get('Content-Security-Policy') ?? '';
    expect(policy).toMatch(/^sandbox [a-z -]*; default-src 'none'; style-src 'unsafe-inline';/);
    expect(policy).not.toContain('script');
    expect(policy).toContain("frame-ancestors 'self'");
  });

  it('gives the file to save, byte for byte', async () => {
    const content = mail('Hello');
    await put('ä.eml', content);
    const answer = await ask('%C3%A4.eml/raw');
    expect(answer.headers.get('Content-Type')).toBe('message/rfc822');
    expect(answer.headers.get('Content-Disposition')).toBe("attachment; filename*=UTF-8''%C3%A4.eml");
    expect(await answer.text()).toBe(content);
  });

  it('shows a mail without HTML, subject and date', async () => {
    await put('bare.eml', 'From: a@example.org\r\n\r\nOnly text.\r\n');
    const html = await (await ask('bare.eml/')).text();
    expect(texts(html, 'h1')).toEqual(['(no subject)']);
    expect(html).not.toContain('<iframe');
    expect(html).not.toContain('<time');
    expect((await ask('bare.eml/body')).status).toBe(404);
  });

  it('shows hostile headers as text', async () => {
    await put('x.eml', mail('<script>alert(1)</script>'));
    for (const path of ['', 'x.eml/']) {
      const html = await (await ask(path)).text();
      expect(readPage(html).elements.some((element) => element.name === 'script')).toBe(false);
      expect(html).toContain('&lt;script&gt;alert(1)');
    }
  });

  it.each([
    'missing.eml/',
    '..%2Fsecret.eml/raw',
    '..%2Fsecret.eml/',
    '%2e%2e%2fsecret.eml/raw',
    'sub%2Finside.eml/raw',
    'sub/inside.eml/raw',
    'sub/',
    'notes.txt/raw',
    '.half.eml/raw',
    'a.eml%00/raw',
  ])('finds nothing at %s', async (path) => {
    await put('a.eml', mail('Hello'));
    await put('notes.txt', 'x');
    await put('.half.eml', mail('x'));
    await writeFile(join(parent, 'secret.eml'), mail('secret'));
    await mkdir(join(dir, 'sub'));
    await writeFile(join(dir, 'sub', 'inside.eml'), mail('inside'));
    expect((await ask(path)).status).toBe(404);
  });

  it('is not there when mail is really sent', async () => {
    await put('a.eml', mail('Hello'));
    const without = await app(false);
    for (const path of ['', 'a.eml/', 'a.eml/raw']) {
      expect([path, (await without.request(`/daily/outbox/${path}`)).status]).toEqual([path, 404]);
    }
  });
});
