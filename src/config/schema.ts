import { Cron } from 'croner';
import { z } from 'zod';
import { isAddress } from '../domain/subscriber.ts';
import { plainLine } from '../domain/paper.ts';

/*
 * The shape of the configuration file, one key at a time. Every leaf carries, as its error, what was
 * expected there; `config-faults.ts` adds the place and what came. What concerns two keys at once is in
 * `config-checks.ts`.
 */

const slugForm = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** A mapping of known keys only. Its error for an unknown key is the known ones with spaces between. */
export function block<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : 'a block of keys and values',
  });
}

/** A text for which `holds` is true; `expected` names it in faults. */
export function text(expected: string, holds: (value: string) => boolean) {
  return z.string({ error: expected }).refine(holds, { error: expected });
}

function whole(from: number, to: number, what: string) {
  const error = `${what} from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
}

/** One of these words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `one of ${words.join(', ')}` });
}

/** A list of items; `expected` names it in faults. */
export function list<Item extends z.ZodType>(item: Item, expected: string) {
  return z.array(item, { error: expected });
}

const line = text('one line of text', (value) => plainLine(value) !== '').transform(plainLine);
/** Keys of topics and digests, names of sources: they stand in addresses and in file names. */
export const slug = text(
  'a short name in lower case letters, digits and single hyphens, at most 40, such as reading-list',
  (value) => value.length <= 40 && slugForm.test(value),
);
const path = text('the path of a file or folder', (value) => value.trim() !== '' && !value.includes('\0'));
const address = text('a mail address such as paper@example.org', (value) => isAddress(value));
const mailbox = text('a mail address such as paper@example.org or "The Paper <paper@example.org>"', (value) =>
  isAddress(parseMailbox(value).address),
).transform(parseMailbox);
const url = text(
  'an absolute http or https address without user, query and fragment, such as https://papers.example.org/',
  isPlainUrl,
);
const language = text('a language tag of BCP 47 such as en', isLanguage);
const zone = text('an IANA time zone such as Europe/Berlin or Etc/UTC', isZone);
const schedule = text(
  'five cron fields for days that exist, with one minute and one hour (a day has one edition), such as "30 2 * * 2-6"',
  isDailySchedule,
);
const host = text('a host name or IP address, such as 127.0.0.1', (value) =>
  /^[A-Za-z0-9._:-]+$/.test(value),
);

const category = text('a category in the words of the source, such as cs.CL', (value) =>
  /^[A-Za-z][\w.-]*$/.test(value),
);
const phrase = text(
  'a phrase of whole words; * may stand only at the end of a word, as in transformer*',
  (value) => /[\p{L}\p{N}]/u.test(value) && !/\*\S|(?:^|\s)\*/.test(value),
).transform(plainLine);
const keyword = line.transform((value) => value.toLowerCase());

const hfDailyPapers = block({
  name: slug,
  type: z.literal('hf-daily-papers'),
  baseUrl: url.default('https://huggingface.co'),
});

const arxivFeed = block({
  name: slug,
  type: z.literal('arxiv-feed'),
  baseUrl: url.default('https://rss.arxiv.org'),
  categories: list(category, 'a list of arXiv categories such as [cs.CL, cs.LG]').min(1, {
    error: 'at least one arXiv category such as cs.CL',
  }),
  format: oneOf(['rss', 'atom']).default('rss'),
});

const file = block({
  name: slug,
  type: z.literal('file'),
  paths: list(path, 'a list of paths such as [papers/*.bib]').min(1, {
    error: 'at least one path such as papers/*.bib',
  }),
});

const source = z.discriminatedUnion('type', [hfDailyPapers, arxivFeed, file], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? 'one of hf-daily-papers, arxiv-feed, file'
      : 'a block of keys and values',
});

const topic = block({
  name: line,
  include: list(phrase, 'a list of phrases').default([]),
  exclude: list(phrase, 'a list of phrases').default([]),
  categories: list(category, 'a list of categories such as [cs.RO]').default([]),
  keywords: list(keyword, 'a list of keywords').default([]),
});

const digest = block({
  key: slug,
  name: line,
  description: line,
  schedule,
  zone: zone.default('Etc/UTC'),
  topics: list(slug, 'a list of topic keys').min(1, { error: 'at least one topic key' }).optional(),
  picksPerTopic: whole(1, 50, 'a whole number of papers').default(2),
  picksOutside: whole(0, 50, 'a whole number of papers').default(2),
  alsoNew: whole(0, 500, 'a whole number of papers').default(12),
  windowDays: whole(1, 90, 'a whole number of days').default(7),
  maxLatenessHours: whole(1, 168, 'a whole number of hours').default(6),
});

const smtp = block({
  host,
  port: whole(1, 65_535, 'a port number').default(587),
  secure: z.boolean({ error: 'true (TLS from the first byte) or false (STARTTLS)' }).optional(),
  user: line.optional(),
  passwordEnv: text('the name of an environment variable such as SMTP_PASSWORD', (value) =>
    /^[A-Za-z_]\w*$/.test(value),
  ).optional(),
  passwordFile: path.optional(),
  connections: whole(1, 100, 'a whole number of connections').default(5),
});

const mail = block({
  transport: oneOf(['outbox', 'smtp']).default('outbox'),
  from: mailbox.optional(),
  replyTo: mailbox.optional(),
  smtp: smtp.optional(),
});

const site = block({
  title: line,
  description: line,
  url,
  contact: address.optional(),
  postalAddress: line.optional(),
  language: language.default('en'),
});

export const configSchema = block({
  site,
  data: path.default('data'),
  sources: list(source, 'a list of sources').min(1, { error: 'at least one source' }),
  http: block({
    timeoutSeconds: whole(1, 600, 'a whole number of seconds').default(30),
    maxMegabytes: whole(1, 1000, 'a whole number of megabytes').default(20),
  }).prefault({}),
  topics: z
    .record(slug, topic, {
      error: (issue) =>
        issue.code === 'invalid_key' ? 'a topic key such as llm' : 'a block of topics by key',
    })
    .refine((topics) => Object.keys(topics).length > 0, { error: 'at least one topic' }),
  digests: list(digest, 'a list of digests').min(1, { error: 'at least one digest' }),
  mail: mail.prefault({}),
  subscribers: path.default('subscribers'),
  serve: block({
    host: host.default('127.0.0.1'),
    port: whole(0, 65_535, 'a port number').default(8080),
  }).prefault({}),
  log: oneOf(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});

export type ConfigFile = z.output<typeof configSchema>;

/** A mailbox of RFC 5322 section 3.4, with or without a display name. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

function parseMailbox(value: string): Mailbox {
  const [, name = '', bracketed] = /^(.*)<([^<>]*)>\s*$/s.exec(value) ?? [];
  if (bracketed === undefined) return { address: value.trim() };
  const display = plainLine(name.replaceAll('"', ' '));
  return display === '' ? { address: bracketed.trim() } : { name: display, address: bracketed.trim() };
}

function isPlainUrl(value: string): boolean {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  return (
    parsed !== undefined &&
    /^https?:\/\/[^\s]+$/i.test(value) &&
    parsed.username + parsed.password + parsed.search + parsed.hash === ''
  );
}

function isLanguage(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** Offsets such as `+02:00` are no zones: they know no summer time. */
function isZone(value: string): boolean {
  try {
    return /^[A-Za-z]/.test(new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone);
  } catch {
    return false;
  }
}

/** `?` means "the time of start" to croner, and a schedule must not depend on that. */
function isDailySchedule(value: string): boolean {
  if (!/^\d{1,2} +\d{1,2}( +[^\s?]+){3}$/.test(value.trim())) return false;
  try {
    return (
      new Cron(value.trim(), { mode: '5-part', timezone: 'Etc/UTC', paused: true }).nextRun(new Date(0)) !==
      null
    );
  } catch {
    return false;
  }
}
