import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { writePublished } from '../../src/store/published.ts';
import type { Acceptance, HubLimits } from '../../src/websub/accept.ts';
import { openHub, type OpenHub } from '../../src/websub/open-hub.ts';
import type { HubCounts } from '../../src/websub/worker.ts';

export const baseUrl = 'https://papers.example.org/daily/';
export const rssTopic = `${baseUrl}feeds/all.xml`;
export const startedAt = Date.parse('2026-11-24T06:00:00Z');

export interface HubHouseOptions {
  /** `own` when left out. */
  readonly hub?: string;
  readonly publish?: boolean;
  /** Loopback addresses when left out. */
  readonly allowHosts?: readonly string[];
  readonly limits?: HubLimits;
  readonly timeoutMs?: number;
  readonly stopMs?: number;
}

/** A published folder, a database and the hub over them, with a clock that stands still. */
export interface HubHouse extends AsyncDisposable {
  readonly path: string;
  readonly publishedDir: string;
  readonly db: Database;
  readonly hub: OpenHub;
  /** What the hub logged, a line a record. */
  readonly logged: string[];
  /** Resolves when something more was logged. */
  nextLog(): Promise<void>;
  readonly clock: () => number;
  later(ms: number): void;
  /** Puts these texts at the feeds' paths, as a publication does, and announces them; resolves with how many changed. */
  publish(feeds: Readonly<Record<string, string>>): Promise<number>;
  /** The same, by a process that died before the announcement. */
  publishOnly(feeds: Readonly<Record<string, string>>): Promise<void>;
  ask(form: Readonly<Record<string, string>>): Promise<Acceptance>;
  work(signal?: AbortSignal): Promise<HubCounts>;
  /** Everything closed and opened again over the same files. */
  restart(changes?: HubHouseOptions): Promise<void>;
}

export const loopbackHosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

export async function hubHouse(options: HubHouseOptions = {}): Promise<HubHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-hub-'));
  const path = join(folder, 'broadsheet.db');
  const publishedDir = join(folder, 'site');
  const logged: string[] = [];
  const logs = new EventEmitter();
  let now = startedAt;
  const keepLog = (record: string) => {
    logged.push(record);
    logs.emit('record');
  };
  const open = async ({ hub = 'own', publish = true, ...others }: HubHouseOptions) => {
    const db = await openDatabase(path);
    const opened = openHub({
      ...others,
      websub: { hub, publish, allowHosts: others.allowHosts ?? loopbackHosts },
      site: { baseUrl },
      db,
      publishedDir,
      userAgent: 'Broadsheet/test',
      clock: () => now,
      log: pino({ base: null }, { write: keepLog }),
    });
    return { db, hub: opened };
  };
  let parts = await open(options);
  const close = async () => {
    await parts.hub[Symbol.asyncDispose]();
    await parts.db.destroy();
  };
  const publishOnly = async (feeds: Readonly<Record<string, string>>) => {
    const documents = Object.entries(feeds).map(([path, body]) => ({
      path,
      contentType: typeOf(path),
      body,
    }));
    const page = { path: 'index.html', contentType: 'text/html; charset=utf-8', body: '<h1>Front</h1>' };
    await writePublished(publishedDir, [page, ...documents]);
  };
  return {
    path,
    publishedDir,
    get db() {
      return parts.db;
    },
    get hub() {
      return parts.hub;
    },
    logged,
    nextLog: async () => void (await once(logs, 'record')),
    clock: () => now,
    later: (ms) => void (now += ms),
    publishOnly,
    async publish(feeds) {
      await publishOnly(feeds);
      const announced = await parts.hub.announce();
      if (announced.state === 'failed') throw new Error(announced.reason);
      return announced.changed;
    },
    async ask(form) {
      if (!parts.hub.accept) throw new Error('expected the own hub');
      return await parts.hub.accept(new URLSearchParams(form));
    },
    work: (signal = new AbortController().signal) => parts.hub.worker.workOff(signal),
    async restart(changes = options) {
      await close();
      parts = await open(changes);
    },
    async [Symbol.asyncDispose]() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

function typeOf(path: string): string {
  if (path.endsWith('.json')) return 'application/feed+json; charset=utf-8';
  return `application/${path.endsWith('.atom.xml') ? 'atom' : 'rss'}+xml; charset=utf-8`;
}
