import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetOldNotices } from '../../src/deliver/notices.ts';
import { dayMs } from '../../src/domain/time.ts';
import { consentsOf } from '../../src/store/consents.ts';
import { isSuppressed } from '../../src/store/suppressions.ts';
import { digests, openApiSite, secret, startAt, token, tokens, type ApiSite } from './api-site.ts';

let api: ApiSite;
beforeEach(async () => {
  api = await openApiSite();
});
afterEach(() => api[Symbol.asyncDispose]());

const ada = '/subscribers/ada@example.org';
const hash = tokens.addressHash('ada@example.org');
const body = { subscriptions: [{ digest: 'daily', state: 'confirmed' }] };
const put = (key: string, given: object = body, headers: Record<string, string> = {}) =>
  api.ask('PUT', ada, {
    body: given,
    headers: { 'If-None-Match': '*', 'Idempotency-Key': key, ...headers },
  });
const keys = () => api.db.selectFrom('idempotency_keys').select('key_hash').execute();

it('the same request is done once and answered alike as often as it comes', async () => {
  const first = await put('"one"');
  expect(first.status).toBe(201);
  await api.ask('DELETE', ada);
  for (const key of ['"one"', 'one']) {
    const again = await put(key);
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    for (const name of ['ETag', 'Location', 'Content-Type', 'Cache-Control']) {
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
  }
  expect(await isSuppressed(api.db, hash, 'daily')).toBe(true);
  expect((await consentsOf(api.db, hash)).map(({ act }) => act)).toEqual(['confirmed', 'left']);
});

it('without a key it is done anew, and another key is another request', async () => {
  expect((await put('"one"')).status).toBe(201);
  expect((await put('"two"')).status).toBe(412);
  expect((await api.ask('PUT', ada, { body, headers: { 'If-None-Match': '*' } })).status).toBe(412);
});

it('the key of another request is refused, whatever of it differs, and nothing is done', async () => {
  await put('"one"');
  const headers = { 'Idempotency-Key': '"one"' };
  const bo = { body, headers: { ...headers, 'If-None-Match': '*' } };
  for (const answer of [
    await put('"one"', { ...body, name: 'Ada' }),
    await put('"one"', body, { 'If-None-Match': '"other"' }),
    await put('"one"', body, { 'If-Match': '*' }),
    await api.ask('PUT', '/subscribers/bo@example.org', bo),
    await api.ask('DELETE', ada, { headers }),
    await api.ask('POST', `${ada}/erase`, { headers }),
  ]) {
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ code: 'key-of-another' });
  }
  expect(await isSuppressed(api.db, hash, 'daily')).toBe(false);
  expect(await api.subscriber('bo@example.org')).toBeUndefined();
});

it('while the first try is under way another is told to wait', async () => {
  const held = Promise.withResolvers<void>();
  const holding = Promise.withResolvers<void>();
  const transaction = api.db.transaction().execute(async () => {
    holding.resolve();
    await held.promise;
  });
  await holding.promise;
  const first = put('"one"');
  const second = await put('"one"');
  expect(second.status).toBe(409);
  expect(second.json).toMatchObject({ code: 'under-way' });
  expect(second.headers.get('Retry-After')).toBe('1');
  held.resolve();
  await transaction;
  expect((await first).status).toBe(201);
  expect((await put('"one"')).status).toBe(201);
});

it('two processes that get the same requests at once do each of them once', async () => {
  const count = 20;
  const script = join(import.meta.dirname, 'api-process.ts');
  const args = [script, join(api.folder, 'paper.db'), String(count), token, secret, String(startAt)];
  const there = spawn(process.execPath, args, {
    env: { ...process.env, DIGESTS: JSON.stringify(digests) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(there.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  there.stdin.write('go\n');
  const here: unknown[] = [];
  for (let index = 0; index < count; index += 1) {
    const answer = await api.ask('PUT', `/subscribers/reader${index}@example.org`, {
      body,
      headers: { 'If-None-Match': '*', 'Idempotency-Key': `"key ${index}"` },
    });
    here.push([answer.status, answer.text]);
  }
  expect(here.map((answer) => (Array.isArray(answer) ? answer[0] : answer))).toEqual(
    Array.from({ length: count }, () => 201),
  );
  expect(JSON.parse(String((await lines.next()).value))).toEqual(here);
  const consents = await api.db.selectFrom('consents').select('address_hash').execute();
  expect(new Set(consents.map((consent) => consent.address_hash)).size).toBe(count);
  expect(consents).toHaveLength(count);
});

it('the key and the change are stored together or not at all', async () => {
  await api.db.schema.alterTable('idempotency_keys').renameTo('away').execute();
  expect((await put('"one"')).status).toBe(500);
  expect(await api.subscriber('ada@example.org')).toBeUndefined();
  await api.db.schema.alterTable('away').renameTo('idempotency_keys').execute();
  await api.db.schema.alterTable('consents').renameTo('away').execute();
  expect((await put('"one"')).status).toBe(500);
  await api.db.schema.alterTable('away').renameTo('consents').execute();
  expect(await keys()).toEqual([]);
  expect(await api.subscriber('ada@example.org')).toBeUndefined();
  expect((await put('"one"')).status).toBe(201);
});

it('a request that a problem kept from changing anything may be sent again under its key', async () => {
  expect((await put('"one"', body, { 'If-Match': '"gone"' })).status).toBe(412);
  expect((await put('"one"', { subscriptions: [{ digest: 'none', state: 'confirmed' }] })).status).toBe(400);
  expect(await keys()).toEqual([]);
  expect((await put('"one"')).status).toBe(201);
});

it('after a day a key means nothing any more, and is forgotten also when no request comes', async () => {
  await put('"one"');
  await put('"old"', body, { 'If-None-Match': '"other"', 'If-Match': '*' });
  expect(await keys()).toHaveLength(2);
  api.wait(dayMs - 1);
  expect((await put('"one"')).status).toBe(201);
  api.wait(1);
  expect((await put('"one"')).status).toBe(412);
  await put('"new"', { subscriptions: [] }, { 'If-None-Match': '"other"', 'If-Match': '*' });
  expect(await keys()).toHaveLength(1);
  await forgetOldNotices(api.db, startAt + 2 * dayMs);
  expect(await keys()).toEqual([]);
});

it('a key is a text of 1 to 255 characters, in the quotes of RFC 9651 or without', async () => {
  for (const key of [
    '""',
    '"',
    '"a',
    '"a"b"',
    '"a", "b"',
    '"a";q=1',
    'a b',
    '"\\a"',
    `"${'x'.repeat(256)}"`,
    '?1',
  ]) {
    const answer = await put(key);
    expect(answer.status, key).toBe(400);
    expect(answer.json).toMatchObject({ errors: [{ parameter: 'Idempotency-Key' }] });
  }
  expect((await put(`"${'x'.repeat(255)}"`)).status).toBe(201);
  const headers = { 'Idempotency-Key': '8e03978e-40d5-43dd-bc93-6894a57f9324' };
  expect((await api.ask('DELETE', ada, { headers })).status).toBe(204);
  expect((await api.ask('DELETE', ada, { headers: { 'Idempotency-Key': '"\\" \\\\"' } })).status).toBe(204);
});

it('nothing but hashes of the key is stored', async () => {
  await put('"a key with a name: ada"');
  expect(JSON.stringify(await keys())).not.toContain('ada');
});
