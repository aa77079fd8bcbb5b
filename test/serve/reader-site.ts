import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import type { Digest } from '../../src/domain/digest.ts';
import type { Site } from '../../src/domain/site.ts';
import { dayMs, type Instant } from '../../src/domain/time.ts';
import { noticeMessage } from '../../src/deliver/notice-message.ts';
import { sendNotices, type NoticeReport } from '../../src/deliver/notices.ts';
import type { OutgoingMessage, Transport } from '../../src/deliver/transport.ts';
import { compileNoticeMail, type NoticeMail } from '../../src/render/mail/notice-mail.ts';
import { compilePages } from '../../src/render/web/templates.ts';
import { clientReader } from '../../src/serve/client-address.ts';
import { readerRoutes } from '../../src/serve/reader-pages.ts';
import type { ReaderParts } from '../../src/serve/reader-parts.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { findSubscriber } from '../../src/store/subscribers.ts';
import { noticeLetter } from '../../src/subscribers/notices.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';

export const tokens = createTokens('an invented secret, only for tests');
export const startAt = Date.parse('2026-11-24T06:00:00Z');

const templates = new URL('../../templates/', import.meta.url);
const webDir = new URL('web/', templates);
export const pages = compilePages(
  Object.fromEntries(
    readdirSync(webDir)
      .filter((file) => file.includes('.'))
      .map((file) => [file, readFileSync(new URL(file, webDir), 'utf8')]),
  ),
);
let compiled: Promise<NoticeMail> | undefined;
const noticeMail = (): Promise<NoticeMail> =>
  (compiled ??= compileNoticeMail({
    mjml: readFileSync(new URL('mail/notice.mjml', templates), 'utf8'),
    text: readFileSync(new URL('mail/notice.txt.hbs', templates), 'utf8'),
  }));

export const digest = (key: string, name: string, topics: readonly string[]): Digest => ({
  key,
  name,
  description: `${name}, every working day.`,
  schedule: '30 2 * * 2-6',
  zone: 'Etc/UTC',
  topics,
  mode: 'final',
  picksPerTopic: 2,
  picksOutside: 2,
  alsoNew: 12,
  windowDays: 7,
  waitMinutes: 60,
  maxLatenessHours: 6,
});

export const digests = [
  digest('daily', 'The Daily', ['agents', 'retrieval', 'vision']),
  digest('weekly', 'The Weekly', ['agents', 'retrieval']),
];

/** The pages, with the mails that they cause, and a clock that stands until it is moved. */
export interface ReaderSite extends AsyncDisposable {
  readonly db: Database;
  readonly app: Hono;
  readonly parts: ReaderParts;
  /** Every mail that left, newest last. */
  readonly mails: readonly OutgoingMessage[];
  readonly now: () => Instant;
  readonly wait: (ms: number) => void;
  /** Sends what is due. */
  readonly deliver: (transport?: Transport, signal?: AbortSignal) => Promise<NoticeReport>;
  readonly post: (
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
  ) => Promise<Response>;
  readonly get: (path: string) => Promise<Response>;
  /** Fills in the sign-up form as a person does. */
  readonly signUp: (
    address: string,
    fields?: Readonly<Record<string, string | readonly string[]>>,
  ) => Promise<Response>;
  /** Signs up and confirms. */
  readonly join: (
    address: string,
    fields?: Readonly<Record<string, string | readonly string[]>>,
  ) => Promise<void>;
  readonly subscriber: (address: string) => ReturnType<typeof findSubscriber>;
  readonly preferencesPath: (address: string) => string;
}

/** Where the button of a mail leads, below the site. */
export function pathIn(mail: OutgoingMessage | undefined, site: Pick<Site, 'baseUrl'>): string {
  const text = unquoted(Buffer.from(mail?.raw ?? '').toString());
  const [, path] = new RegExp(`${site.baseUrl.replaceAll('.', '\\.')}([acemux]/[\\w.-]+)`).exec(text) ?? [];
  if (path === undefined) throw new Error(`expected a link in the mail, found none:\n${text}`);
  return `/${path}`;
}

/** A quoted-printable message as text, good enough for ASCII. */
export function unquoted(raw: string): string {
  return raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

let emptyDatabase: Promise<string> | undefined;

/** A file with the schema, to be copied: making it takes longer than most tests. */
async function makeDatabase(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'broadsheet-empty-')), 'paper.db');
  await (await openDatabase(path)).destroy();
  return path;
}

export async function openReaderSite(site: Site, own: Partial<ReaderParts> = {}): Promise<ReaderSite> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-readers-'));
  const path = join(folder, 'paper.db');
  copyFileSync(await (emptyDatabase ??= makeDatabase()), path);
  const db = await openDatabase(path);
  const { write } = await noticeMail();
  let at = startAt;
  const mails: OutgoingMessage[] = [];
  const parts: ReaderParts = {
    db,
    tokens,
    pages,
    site,
    digests,
    limits: { perAddressADay: 3, perClientAnHour: 20, totalAnHour: 500 },
    isOpen: true,
    blockedDomains: [],
    workBits: 0,
    clientOf: clientReader([]),
    now: () => at,
    ...own,
  };
  const app = readerRoutes(parts);
  const inMemory: Transport = {
    name: 'memory',
    async submit(message, beforeHandover) {
      if (!(await beforeHandover())) return { result: 'deferred', reply: 'withdrawn' };
      mails.push(message);
      return { result: 'accepted', reply: 'kept' };
    },
    async close() {},
  };
  const post: ReaderSite['post'] = async (path, fields) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
    }
    return app.request(path, { method: 'POST', body });
  };
  const signUp: ReaderSite['signUp'] = async (address, fields = {}) => {
    const stamp = parts.tokens.stamp(at);
    at += 5_000;
    return post('/subscribe/', { do: 'join', at: stamp, address, digest: 'daily', ...fields });
  };
  const deliver: ReaderSite['deliver'] = (transport = inMemory, signal = new AbortController().signal) =>
    sendNotices({
      db,
      transport,
      now: () => at,
      signal,
      message: async (notice, now) => {
        const letter = await noticeLetter({ db, tokens, digests: parts.digests }, notice, now);
        if (!letter) return undefined;
        return noticeMessage({
          from: { name: site.title, address: 'hello@example.org' },
          sender: {},
          to: letter.to,
          ...write(site, letter),
          key: tokens.messageKey({ digest: 'notice', editionDate: String(notice.id) }, letter.addressHash),
          at: notice.askedAt,
        });
      },
    });
  return {
    db,
    app,
    parts,
    mails,
    now: () => at,
    wait: (ms) => {
      at += ms;
    },
    deliver,
    post,
    get: async (path) => app.request(path),
    signUp,
    async join(address, fields) {
      await signUp(address, fields);
      await deliver();
      await post(pathIn(mails.at(-1), site), {});
      at += dayMs;
    },
    subscriber: (address) => findSubscriber(db, tokens.addressHash(address)),
    preferencesPath: (address) =>
      `/m/${tokens.sign('preferences', { digest: '-', addressHash: tokens.addressHash(address) })}`,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
