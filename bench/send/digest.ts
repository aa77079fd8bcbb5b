/* An invented edition whose mail has 60 to 75 kB, its readers in the ledger, and the mail as the program makes it. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import { keptMjml } from '../../src/deliver/kept-mjml.ts';
import { openSender } from '../../src/deliver/sender.ts';
import type { Sender } from '../../src/deliver/message.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { Edition, Pick } from '../../src/domain/edition.ts';
import type { Site } from '../../src/domain/site.ts';
import { compileDigestMail, type DigestMail } from '../../src/render/mail/digest-mail.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';

export const publishedAt = Date.parse('2026-11-24T06:00:00Z');
export const now = publishedAt + 60_000;
export const tokens = createTokens('an invented secret, only for benchmarks');
const topics = ['agents', 'retrieval', 'vision', 'speech'];
/** What readers chose, in turn. */
const choices = [undefined, topics.slice(0, 3), topics.slice(1), ['agents', 'vision', 'speech']];

export const site: Site = {
  title: 'The Morning Broadsheet',
  description: 'New research, every morning.',
  baseUrl: 'https://papers.example.org/daily/',
  tagAuthority: 'papers.example.org,2026',
  language: 'en',
  contact: 'editor@example.org',
  postalAddress: 'Broadsheet, 1 Example Lane, 00000 Exampleton',
  topics: topics.map((key) => ({
    key,
    name: key,
    include: [key],
    exclude: [],
    categories: [],
    keywords: [],
  })),
  isSample: false,
};

const sentence =
  'We study “what nobody has studied”, in many steps — the naïve answer is ≥ 71 % of what Größe would give; ';

function pick(rank: number): Pick {
  const topic = topics[rank % topics.length] ?? '';
  return {
    paper: {
      id: `arxiv:2611.${String(rank).padStart(5, '0')}`,
      version: 1,
      title: `An Invented Paper of Usual Length, Number ${rank}: Agents That Ask Before They Act`,
      abstract: `${sentence.repeat(6)}and so on.`,
      authors: [{ name: 'Mira Invented' }, { name: 'Tomás Fiction' }, { name: 'Ola Last' }],
      authorCount: 6,
      categories: ['cs.CL'],
      organization: 'Example Institute of Errands',
      links: {
        abstract: `https://arxiv.example/abs/2611.${rank}`,
        pdf: `https://arxiv.example/pdf/2611.${rank}`,
        code: `https://code.example/errands/${rank}`,
      },
      firstSeenAt: publishedAt - 3_600_000,
      source: 'Example Papers',
      counts: { upvotes: 60 - rank },
    },
    topic,
    alsoIn: [],
    score: { value: 100 - rank, parts: [], ageHours: 24, shareIn: 0.4, missing: [] },
    why: `"${topic}" in title · +${60 - rank} votes in 24 h`,
    rank,
  };
}

const picks = Array.from({ length: 22 }, (_, index) => pick(index + 1));

export const edition: Edition = {
  digest: 'daily',
  digestName: 'Daily papers',
  editionDate: '2026-11-24',
  number: 1,
  publishedAt,
  zone: 'Etc/UTC',
  topics: topics.map((key) => ({ key, name: key })),
  sections: topics.map((topic) => ({
    topic,
    name: topic,
    picks: picks.filter((one) => one.topic === topic),
  })),
  outside: [],
  updated: [],
  alsoNew: Array.from({ length: 36 }, (_, index) => ({
    id: `arxiv:2610.${index}`,
    title: `Also new, number ${index}: what is told by its title alone, and at some length`,
    url: `https://arxiv.example/abs/2610.${index}`,
    topics,
  })),
  coverage: { toAt: publishedAt, newPapers: 214, newByTopics: [], revisedPapers: 0, sources: [] },
};

export async function digestMail(): Promise<DigestMail> {
  const folder = new URL('../../templates/mail/', import.meta.url).pathname;
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const partials = readdirSync(join(folder, 'partials')).map(
    (name) => [basename(name, '.hbs'), read(join('partials', name))] as const,
  );
  const templates = {
    mjml: read('digest.mjml'),
    text: read('digest.txt.hbs'),
    partials: Object.fromEntries(partials),
  };
  return compileDigestMail(templates, (mjml) => keptMjml(mjml, join(tmpdir(), 'broadsheet-bench-compiled')));
}

export function newKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

export function openBenchSender(privateKey: string | undefined): Sender {
  const dkim =
    privateKey === undefined ? {} : { dkim: [{ domain: 'example.org', selector: 'b', privateKey }] };
  return openSender(
    {
      from: { name: 'The Morning Broadsheet', address: 'paper@example.org' },
      bounces: 'bounces@example.org',
      ...dkim,
    },
    tokens,
  );
}

/** The reader of a row; their names and addresses are as long as usual. */
export function reader(id: number): Delivery {
  const chosen = choices[id % choices.length];
  const hash = createHash('sha256').update(`${id}`).digest('base64url').slice(0, 22);
  return {
    id,
    editionId: 1,
    digest: edition.digest,
    address: `reader.number.${id}@example.net`,
    addressHash: hash,
    name: `Reader Number ${id}`,
    ...(chosen && { topics: chosen }),
    state: 'pending',
    attempts: 0,
    nextAttemptAt: publishedAt,
    leaseEpoch: 0,
    messageId: `<${hash.toLowerCase().replace(/[^a-z0-9]/g, 'x')}.${id}@example.org>`,
  };
}

/** A database with the edition and so many readers who wait for it. */
export async function fillLedger(path: string, readers: number): Promise<void> {
  const db = await openDatabase(path);
  await sql`insert into editions (id, digest, edition_date, number, published_at, prepared_at, content)
    values (1, ${edition.digest}, ${edition.editionDate}, 1, ${publishedAt}, ${publishedAt}, ${JSON.stringify(edition)})`.execute(
    db,
  );
  for (let first = 1; first <= readers; first += 1000) {
    const rows = Array.from({ length: Math.min(1000, readers - first + 1) }, (_, at) => reader(first + at));
    await db
      .insertInto('deliveries')
      .values(
        rows.map((row) => ({
          edition_id: 1,
          digest: row.digest,
          address: row.address,
          address_hash: row.addressHash,
          name: row.name ?? null,
          topics: row.topics ? JSON.stringify(row.topics) : null,
          state: 'pending',
          attempts: 0,
          next_attempt_at: publishedAt,
          lease_epoch: 0,
          message_id: row.messageId,
          prepared_at: publishedAt,
        })),
      )
      .execute();
  }
  await db.destroy();
}
