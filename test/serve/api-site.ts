import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { Edition } from '../../src/domain/edition.ts';
import type { Instant } from '../../src/domain/time.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import { createWebApp } from '../../src/serve/app.ts';
import { apiRoutes } from '../../src/serve/api.ts';
import { clientReader } from '../../src/serve/client-address.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { findSubscriber } from '../../src/store/subscribers.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';
import { sampleEdition, sampleSite } from '../render/edition-sample.ts';
import { digest } from './reader-site.ts';

export const token = 'an-invented-token-of-forty-characters-00';
export const startAt = Date.parse('2026-11-24T06:00:00Z');
export const secret = 'an invented secret, only for tests';
export const tokens = createTokens(secret);
export const digests = [
  digest('daily', 'The Daily', ['agents', 'retrieval', 'vision']),
  digest('weekly', 'The Weekly', ['agents', 'retrieval']),
];

export interface ApiAnswered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when there is none. */
  readonly json: unknown;
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text or bytes. */
  readonly body?: unknown;
  /** Null for none. */
  readonly token?: string | null;
}

/** The API behind the whole site, below `/daily/`. Every answer is held against its own document. */
export interface ApiSite extends AsyncDisposable {
  readonly db: Database;
  readonly folder: string;
  readonly ask: (method: string, path: string, asked?: Asked) => Promise<ApiAnswered>;
  readonly wait: (ms: number) => void;
  readonly subscriber: (address: string) => ReturnType<typeof findSubscriber>;
  /** Each operation with a status that it was answered with, `GET /subscribers 200`. */
  readonly seen: ReadonlySet<string>;
}

let emptyDatabase: Promise<string> | undefined;

/** A file with the schema, to be copied: making it takes longer than most tests. */
async function makeDatabase(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'broadsheet-empty-')), 'paper.db');
  await (await openDatabase(path)).destroy();
  return path;
}

export async function openApiSite(own: { readonly log?: Logger } = {}): Promise<ApiSite> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-api-'));
  const path = join(folder, 'paper.db');
  copyFileSync(await (emptyDatabase ??= makeDatabase()), path);
  const db = await openDatabase(path);
  await addEdition(db, sampleEdition);
  let at: Instant = startAt;
  const log = own.log ?? createLogger('silent');
  const clientOf = clientReader([]);
  const now = () => at;
  const api = apiRoutes({ db, tokens, site: sampleSite, digests, token, clientOf, now, log });
  const app = createWebApp({
    publishedDir: join(folder, 'site'),
    site: sampleSite,
    api,
    maxAgeSeconds: () => 900,
    latestEditionAt: async () => undefined,
    now,
    log,
  });
  const seen = new Set<string>();
  const check = checker(await (await app.request('/daily/api/v1/openapi.json')).json());
  return {
    db,
    folder,
    seen,
    ask: async (method, path, asked = {}) => {
      const { body } = asked;
      const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
      const given = asked.token === undefined ? token : asked.token;
      const answer = await app.request(`/daily/api/v1${path}`, {
        method,
        headers: {
          ...(given !== null && { Authorization: `Bearer ${given}` }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...asked.headers,
        },
        ...(body !== undefined && { body: isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const name = check(method, path, answer, text);
      if (name !== undefined) seen.add(name);
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        json: text === '' ? undefined : JSON.parse(text),
      };
    },
    wait: (ms) => {
      at += ms;
    },
    subscriber: (address) => findSubscriber(db, tokens.addressHash(address)),
    async [Symbol.asyncDispose]() {
      await db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Stores an edition without its papers. */
export async function addEdition(db: Database, edition: Edition): Promise<void> {
  const { digest, editionDate, number, publishedAt } = edition;
  await db
    .insertInto('editions')
    .values({
      digest,
      edition_date: editionDate,
      number,
      published_at: publishedAt,
      prepared_at: null,
      content: JSON.stringify(edition),
    })
    .execute();
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** Schemas inside the document, by JSON Pointer. */
export function documentSchemas(document: object): (pointer: string, value: unknown) => readonly string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'api');
  return (pointer, value) => {
    const validate = ajv.getSchema(`api#${pointer}`);
    if (!validate) throw new Error(`expected a schema at ${pointer}, found none`);
    if (validate(value) === true) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}

/** Holds answers against the document: the status, the type and the shape of the body. */
function checker(document: unknown) {
  const { paths } = document as ApiDocument;
  const faults = documentSchemas(document as object);
  return (method: string, path: string, answer: Response, text: string): string | undefined => {
    const plain = path.replace(/\?.*$/, '');
    const found = Object.keys(paths).find((one) =>
      new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
    );
    const operation = found === undefined ? undefined : paths[found]?.[method.toLowerCase()];
    const type = answer.headers.get('Content-Type');
    if (found === undefined || !operation) {
      expect(type).toBe('application/problem+json');
      expect(faults('/components/schemas/Problem', JSON.parse(text))).toEqual([]);
      return undefined;
    }
    const response = operation.responses[String(answer.status)];
    expect(response, `${method} ${found} is not said to answer ${answer.status}`).toBeDefined();
    const types = Object.keys(response?.content ?? {});
    if (types.length === 0) {
      expect(text).toBe('');
    } else {
      expect(types).toEqual([type]);
      const at = `/paths/${found.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${answer.status}`;
      const pointer = encodeURI(`${at}/content/${type?.replaceAll('/', '~1')}/schema`);
      expect(faults(pointer, JSON.parse(text))).toEqual([]);
    }
    return `${method} ${found} ${answer.status}`;
  };
}
