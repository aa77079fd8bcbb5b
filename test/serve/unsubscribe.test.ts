import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compilePages } from '../../src/render/web/templates.ts';
import { unsubscribeRoutes } from '../../src/serve/unsubscribe-pages.ts';
import { isSuppressed } from '../../src/store/suppressions.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';
import { now, openLedger, tokens, type Ledger } from '../deliver/ledger.ts';
import { sampleSite } from '../render/edition-sample.ts';

const templates = join(import.meta.dirname, '../../templates/web');
const pages = compilePages(
  Object.fromEntries(
    readdirSync(templates).map((file) => [file, readFileSync(join(templates, file), 'utf8')]),
  ),
);
const subject = { digest: 'daily', addressHash: tokens.addressHash('ada@example.net') };
const path = `/u/${tokens.sign('unsubscribe', subject)}`;
const form = 'List-Unsubscribe=One-Click';

let ledger: Ledger;
let app: Hono;
beforeEach(async () => {
  ledger = await openLedger([]);
  app = unsubscribeRoutes({
    db: ledger.db,
    tokens,
    pages,
    site: sampleSite,
    digests: [{ key: 'daily', name: 'The <Daily>', topics: [] }],
    now: () => now,
  });
});
afterEach(() => ledger.close());

const said = () => isSuppressed(ledger.db, subject.addressHash, 'daily');
const rows = () => ledger.db.selectFrom('suppressions').select(['digest', 'reason', 'since_at']).execute();

describe('a look at the unsubscribe page', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])(
    'by %s changes nothing, however often',
    async (method) => {
      for (let round = 0; round < 5; round += 1) await app.request(path, { method });
      expect(await rows()).toEqual([]);
    },
  );

  it('shows one button that posts to the same address', async () => {
    const answer = await app.request(path);
    const html = await answer.text();
    expect(answer.status).toBe(200);
    expect(html).toContain('Stop The &lt;Daily&gt;?');
    expect(html.match(/<form/g)).toHaveLength(1);
    expect(html).toContain('<form method="post">');
    expect(html).not.toContain('<script');
  });

  it('is not kept, not listed, not framed, and tells nobody where it came from', async () => {
    const { headers } = await app.request(path);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toBe('noindex');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('set-cookie')).toBeNull();
  });
});

describe('a POST to it', () => {
  it('ends the subscription and says so, without a redirect', async () => {
    const answer = await app.request(path, { method: 'POST', body: new URLSearchParams(form) });
    expect(answer.status).toBe(200);
    expect(answer.redirected).toBe(false);
    expect(await answer.text()).toContain('You are unsubscribed');
    expect(await said()).toBe(true);
    expect(await isSuppressed(ledger.db, subject.addressHash, 'weekly')).toBe(false);
  });

  it('answers the same each time and keeps the first moment', async () => {
    const answers: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      answers.push(await (await app.request(path, { method: 'POST' })).text());
    }
    expect(new Set(answers).size).toBe(1);
    expect(await rows()).toEqual([{ digest: 'daily', reason: 'unsubscribed', since_at: now }]);
  });

  it.each([
    ['form', () => ({ body: new URLSearchParams(form) })],
    ['multipart', () => ({ body: multipart() })],
    ['empty', () => ({})],
    [
      'foreign',
      () => ({ body: '{}', headers: { 'content-type': 'application/json', origin: 'https://mail.example' } }),
    ],
  ])('works over a real connection with a %s body and no cookie', async (_kind, request) => {
    const server = createAdaptorServer({ fetch: app.fetch });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      redirect: 'manual',
      ...request(),
    });
    await answer.text();
    server.close();
    expect(answer.status).toBe(200);
    expect(await said()).toBe(true);
  });

  it('works below a path', async () => {
    const outer = new Hono().route('/daily/', app);
    expect((await outer.request(`/daily${path}`, { method: 'POST' })).status).toBe(200);
    expect(await said()).toBe(true);
  });
});

describe('a token that was not signed here', () => {
  const foreign = createTokens('another secret').sign('unsubscribe', subject);
  it.each([
    ['of another installation', `/u/${foreign}`],
    ['cut short', path.slice(0, -3)],
    ['of another reader', path.replace(subject.addressHash, tokens.addressHash('bo@example.net'))],
    ['of another digest', path.replace('.daily.', '.weekly.')],
    ['of nonsense', '/u/%00%ff'],
  ])('(%s) changes nothing and gets a page that says so', async (_what, address) => {
    for (const method of ['GET', 'POST']) {
      const answer = await app.request(address, { method });
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('Nothing was changed');
    }
    expect(await rows()).toEqual([]);
  });
});

function multipart(): FormData {
  const data = new FormData();
  data.set('List-Unsubscribe', 'One-Click');
  return data;
}
