import type { EditionPaper, Pick } from '../../domain/edition.ts';
import type { ShownEdition } from '../../domain/edition-span.ts';
import type { Site } from '../../domain/site.ts';
import { hourMs, utcMidnight } from '../../domain/time.ts';
import { RenderError } from '../../errors.ts';
import type { DigestMail } from './digest-mail.ts';
import type { NoticeMail } from './notice-mail.ts';

/*
 * Mails that nobody gets: templates are tried with them, so that what one of them lacks is found before a mail is due.
 * One has every part that a mail can have, the other as few as there can be.
 */

const editionDate = '2026-11-24';
const atNoon = utcMidnight(editionDate) + 12 * hourMs;

const site: Site = {
  title: 'The Trial',
  description: 'Nobody reads it.',
  baseUrl: 'https://papers.example.org/',
  tagAuthority: 'papers.example.org,2026',
  language: 'en',
  topics: [],
  isSample: false,
};
const fullSite: Site = {
  ...site,
  contact: 'editor@example.org',
  postalAddress: '1 Example Lane',
  isSample: true,
};

function paper(id: string): EditionPaper {
  const url = `https://papers.example.org/${id}`;
  return {
    id: `arxiv:2611.${id}`,
    version: 2,
    title: `An Invented Paper, ${id}`,
    abstract: 'We tried the templates. They held.',
    authors: [{ name: 'Ada Example' }],
    authorCount: 1,
    categories: ['cs.CL'],
    links: { abstract: url, pdf: url, code: url },
    submittedAt: atNoon,
    firstSeenAt: atNoon,
    source: 'Trial',
    counts: { upvotes: 1 },
  };
}

function pick(rank: number, topic: string): Pick {
  return {
    paper: paper(`0000${rank}`),
    topic,
    alsoIn: [],
    score: { value: 1, parts: [], ageHours: 24, shareIn: 1, missing: [] },
    why: '+1 vote in 24 h',
    rank,
  };
}

const topic = { key: 'trial', name: 'Trial' };

const empty: ShownEdition = {
  digest: 'trial',
  digestName: 'Trial',
  topics: [topic],
  editionDate,
  number: 1,
  publishedAt: atNoon,
  zone: 'Etc/UTC',
  sections: [],
  outside: [],
  updated: [],
  alsoNew: [],
  coverage: { toAt: atNoon, newPapers: 0, newByTopics: [], revisedPapers: 0, sources: [] },
};

const missing = { name: 'Trial', state: 'failed', added: 0, reason: 'it gave no answer' } as const;
const title = { topics: [topic.key], title: 'A Title', url: 'https://papers.example.org/title' };

/** Has more picks than places for cards, and lists that are too long to be shown whole. */
const full: ShownEdition = {
  ...empty,
  sections: [
    {
      topic: topic.key,
      name: topic.name,
      picks: Array.from({ length: 60 }, (_, at) => pick(at + 1, topic.key)),
    },
  ],
  outside: Array.from({ length: 60 }, (_, at) => pick(at + 61, 'outside')),
  updated: Array.from({ length: 400 }, (_, at) => ({
    ...title,
    id: `arxiv:2611.1${at}`,
    version: 2,
    fields: ['title'],
  })),
  alsoNew: Array.from({ length: 400 }, (_, at) => ({ ...title, id: `arxiv:2611.2${at}` })),
  coverage: { ...empty.coverage, fromAt: atNoon - 24 * hourMs, newPapers: 60, sources: [missing] },
  span: {
    fromDate: '2026-11-23',
    toDate: editionDate,
    editions: [
      { editionDate: '2026-11-23', number: 1 },
      { editionDate, number: 2 },
    ],
    gaps: [{ editionDate, source: missing }],
  },
};

/**
 * Writes digest mails with all parts and with hardly any; throws RenderError for a field that a mail does not have, or when
 * either body has no way to leave.
 */
export function tryDigestMail(mail: DigestMail): void {
  for (const [edition, one] of [
    [full, fullSite],
    [empty, site],
  ] as const) {
    const { html, text } = mail.segment(edition, one);
    for (const [part, body] of [
      ['digest.mjml', html],
      ['digest.txt.hbs', text],
    ] as const) {
      const canLeave = body.some((piece) => typeof piece !== 'string' && piece.slot === 'unsubscribeUrl');
      if (canLeave) continue;
      throw new RenderError(part, 'expected {{slots.unsubscribeUrl}}: every mail says how to leave');
    }
  }
}

/** Writes the mail that asks for a confirmation; throws RenderError as above, or when its address is not in both bodies. */
export function tryNoticeMail(mail: NoticeMail): void {
  const notice = { kind: 'confirm', path: 'c/trial', digestNames: [topic.name] } as const;
  for (const one of [fullSite, site]) {
    const { html, text } = mail.write(one, notice);
    for (const [part, body] of [
      ['notice.mjml', html],
      ['notice.txt.hbs', text],
    ] as const) {
      if (body.includes('https://papers.example.org/c/trial')) continue;
      throw new RenderError(part, 'expected {{url}}: without it nobody can answer the mail');
    }
  }
}
