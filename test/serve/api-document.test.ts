import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { apiRoutes } from '../../src/serve/api.ts';
import { choicesSchema } from '../../src/serve/api-subscriber-schema.ts';
import { sampleEdition, sampleSite } from '../render/edition-sample.ts';
import {
  digests,
  documentSchemas,
  openApiSite,
  startAt,
  token,
  tokens,
  type ApiSite,
  type Asked,
} from './api-site.ts';

let api: ApiSite;
let document: Record<string, unknown>;

beforeAll(async () => {
  api = await openApiSite();
  document = (await api.ask('GET', '/openapi.json', { token: null })).json as Record<string, unknown>;
});
afterAll(() => api[Symbol.asyncDispose]());

type Node = Readonly<Record<string, unknown>>;

/** Every object in a value with the JSON Pointer to it. */
function* nodesOf(value: unknown, pointer = ''): Generator<readonly [string, Node]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [pointer, value as Node];
  for (const [key, inner] of Object.entries(value)) {
    yield* nodesOf(
      inner,
      `${pointer}/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`,
    );
  }
}

function operations(): readonly (readonly [string, string, Node])[] {
  return Object.entries(document['paths'] as Record<string, Record<string, Node>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [method, path, operation] as const),
  );
}

describe('the document of the API', () => {
  it('needs no token, is OpenAPI 3.1, and names the server', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d$/),
      info: { title: expect.any(String), version: expect.any(String) },
      servers: [{ url: 'https://papers.example.org/daily/api/v1' }],
      security: [{ token: [] }],
    });
  });

  it('has every route of the code, and no other', () => {
    const parts = { db: api.db, tokens, site: sampleSite, digests, token, now: () => startAt };
    const app = apiRoutes({ ...parts, clientOf: () => undefined, log: createLogger('silent') });
    const routes = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const documented = operations().map(([method, path]) => `${method.toUpperCase()} /api/v1${path}`);
    expect(routes.length).toBeGreaterThan(7);
    expect(documented.toSorted()).toEqual(routes.toSorted());
  });

  it('names each operation once, and declares each part of its path', () => {
    const ids = operations().map(([, , operation]) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, path, operation] of operations()) {
      const declared = (operation['parameters'] as Node[]).filter((one) => one['in'] === 'path');
      expect(declared.map(({ name }) => name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      );
      for (const one of declared) expect(one['required']).toBe(true);
    }
  });

  it('points at nothing that is not there, and outside of itself at nothing', () => {
    const pointers = new Map(nodesOf(document));
    const refs = [...pointers.values()].flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
    expect(refs.length).toBeGreaterThan(10);
    for (const ref of refs) expect(pointers.has(ref.replace(/^#/, '')), ref).toBe(true);
    expect(JSON.stringify(document)).not.toMatch(/"\$(?:id|schema)"/);
  });

  it('gives examples that are as it says itself, and that the code takes', () => {
    const faults = documentSchemas(document);
    let count = 0;
    for (const [pointer, { examples }] of nodesOf(document)) {
      if (!Array.isArray(examples)) continue;
      for (const example of examples) {
        count += 1;
        expect(faults(pointer, example), pointer).toEqual([]);
      }
    }
    expect(count).toBeGreaterThan(10);
    const own = choicesSchema.meta()?.['examples'];
    for (const example of Array.isArray(own) ? own : []) {
      expect(choicesSchema.safeParse(example).success).toBe(true);
    }
  });

  it('refuses what the code refuses: other members, and values that are none', () => {
    const faults = documentSchemas(document);
    for (const choices of [
      {},
      { subscriptions: [{ digest: 'daily', state: 'gone' }] },
      { subscriptions: [], nmae: 'Ada' },
      { subscriptions: [{ digest: 'daily', state: 'confirmed', cadence: 'hourly' }] },
    ]) {
      expect(faults('/components/schemas/Choices', choices)).not.toEqual([]);
      expect(choicesSchema.safeParse(choices).success).toBe(false);
    }
  });

  it('is answered 304 to whoever has it', async () => {
    const { headers } = await api.ask('GET', '/openapi.json', { token: null });
    const again = { token: null, headers: { 'If-None-Match': headers.get('ETag') ?? '' } };
    expect((await api.ask('GET', '/openapi.json', again)).status).toBe(304);
  });

  it('promises no answer that cannot be had, apart from faults of ours and too many tries', async () => {
    await using site = await openApiSite();
    const ada = '/subscribers/ada@example.org';
    const edition = `/editions/${sampleEdition.digest}/${sampleEdition.editionDate}`;
    const body = { subscriptions: [{ digest: 'daily', state: 'confirmed' }] };
    const create = { 'If-None-Match': '*' };
    const tagOf = async (path: string) => (await site.ask('GET', path)).headers.get('ETag') ?? '';
    const run = async (method: string, path: string, asked: Asked = {}) => {
      await site.ask(method, path, { ...asked, token: null });
      return site.ask(method, path, asked);
    };
    for (const path of ['/subscribers', '/editions', '/openapi.json', edition]) {
      await run('GET', path);
      await run('GET', `${path}?unknown=1`);
      await run('GET', path, { headers: { 'If-None-Match': await tagOf(path) } });
    }
    await run('GET', '/editions/daily/2000-01-01');
    await run('GET', ada);
    await run('GET', '/subscribers/nobody');
    for (const [asked] of [
      [{ body }],
      [{ body: 'x'.repeat(70_000), headers: create }],
      [{ body: 'a=b', headers: { ...create, 'Content-Type': 'text/plain' } }],
      [{ body: '{', headers: create }],
      [{ body, headers: { ...create, 'Idempotency-Key': '"one"' } }],
      [{ body, headers: create }],
      [{ body: { ...body, name: 'Ada' }, headers: { ...create, 'Idempotency-Key': '"one"' } }],
    ] as const) {
      await run('PUT', ada, asked);
    }
    await run('PUT', ada, { body, headers: { 'If-Match': await tagOf(ada) } });
    await run('GET', ada, { headers: { 'If-None-Match': await tagOf(ada) } });
    for (const [method, path] of [
      ['DELETE', ada],
      ['POST', `${ada}/erase`],
    ] as const) {
      await run(method, path, { body: '{}' });
      await run(method, path, { headers: { 'Idempotency-Key': '"one"' } });
      const asked = { headers: { 'Idempotency-Key': `"${method}"` } };
      await Promise.all([site.ask(method, path, asked), site.ask(method, path, asked)]);
    }
    await run('DELETE', ada, { headers: { 'If-Match': '"another"' } });
    await run('PUT', ada, { body, headers: create });
    const promised = operations().flatMap(([method, path, { responses }]) =>
      Object.keys(responses as Node)
        .filter((status) => status !== '500' && status !== '429')
        .map((status) => `${method.toUpperCase()} ${path} ${status}`),
    );
    expect([...site.seen].toSorted()).toEqual(promised.toSorted());
  });
});
