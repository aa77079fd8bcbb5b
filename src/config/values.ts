import { isIP } from 'node:net';
import { Cron } from 'croner';
import { z } from 'zod';
import { plainLine } from '../domain/paper.ts';
import { phraseFault } from '../domain/query.ts';
import { isAddress } from '../domain/subscriber.ts';

/*
 * The kinds of values that stand in configuration and subscriber files. Each carries, as its error, what was
 * expected there; `faults.ts` adds the place and what came.
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

/** A whole number in a range; `what` names it in faults. */
export function whole(from: number, to: number, what: string) {
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

export const line = text('one line of text', (value) => plainLine(value) !== '').transform(plainLine);
/** Keys of topics and digests, names of sources: they stand in addresses and in file names. */
export const slug = text(
  'a short name in lower case letters, digits and single hyphens, at most 40, such as reading-list',
  (value) => value.length <= 40 && slugForm.test(value),
);
export const path = text(
  'the path of a file or folder',
  (value) => value.trim() !== '' && !value.includes('\0'),
);
export const address = text('a mail address such as paper@example.org', (value) => isAddress(value));
export const mailbox = text(
  'a mail address such as paper@example.org or "The Paper <paper@example.org>"',
  (value) => isAddress(parseMailbox(value).address),
).transform(parseMailbox);
export const url = text(
  'an absolute http or https address without user, query and fragment, such as https://papers.example.org/',
  (value) => isWebAddress(value) && new URL(value).search === '',
);
/** Of one document, so that a query may be a part of it. */
export const documentUrl = text(
  'an absolute http or https address without user and fragment, such as https://papers.example.org/feed.xml',
  isWebAddress,
);
/** Of a server whose paths we know; without a slash at its end. */
export const baseUrl = url.transform(withoutSlash);
export const language = text('a language tag of BCP 47 such as en', isLanguage);
export const zone = text('an IANA time zone such as Europe/Berlin or Etc/UTC', isZone);
export const schedule = text(
  'five cron fields for days that exist, with one minute and one hour (a day has one edition), such as "30 2 * * 2-6"',
  isDailySchedule,
);
/** Where a secret is; `example` names such a variable in faults. */
export function environmentName(example: string) {
  return text(`the name of an environment variable such as ${example}`, isEnvironmentName);
}
export const host = text('a host name or IP address, such as 127.0.0.1', (value) =>
  /^[A-Za-z0-9._:-]+$/.test(value),
);

/** A network in CIDR notation (RFC 4632), or one address of it. */
export const network = text('an address or network such as 10.1.2.3, 10.0.0.0/8 or fd00::/8', (value) => {
  const [address = '', bits = '0', ...more] = value.split('/');
  const longest = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
});

/** Any words a source may use: `cs.CL` of arXiv, `cell biology` of bioRxiv, `HIV/AIDS` of medRxiv. */
export const category = text(
  'a category in the words of the source, such as cs.CL or cell biology',
  (value) => /^[\p{L}\p{N}]/u.test(value.trim()) && !/\p{Cc}/u.test(value),
).transform(plainLine);
export const phrase = text(
  'a phrase of whole words; * may stand only at the end of a word, as in transformer*',
  (value) => phraseFault(value) === undefined,
).transform(plainLine);
export const keyword = line.transform((value) => value.toLowerCase());

/** A mailbox of RFC 5322 section 3.4, with or without a display name. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

/** Reads a mailbox as it is written in the file; what it returns may be no address. */
export function parseMailbox(value: string): Mailbox {
  const [, name = '', bracketed] = /^(.*)<([^<>]*)>\s*$/s.exec(value) ?? [];
  if (bracketed === undefined) return { address: value.trim() };
  const display = plainLine(name.replaceAll('"', ' '));
  return display === '' ? { address: bracketed.trim() } : { name: display, address: bracketed.trim() };
}

/** The address with no slash at its end; `address` must be one. */
export function withoutSlash(address: string): string {
  return new URL(address).href.replace(/\/+$/, '');
}

function isWebAddress(value: string): boolean {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  return (
    parsed !== undefined &&
    /^https?:\/\/[^\s]+$/i.test(value) &&
    parsed.username + parsed.password + parsed.hash === ''
  );
}

function isLanguage(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

export function isEnvironmentName(value: string): boolean {
  return /^[A-Za-z_]\w*$/.test(value);
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
      new Cron(value.trim(), { mode: '5-part', utcOffset: 0, paused: true }).nextRun(new Date(0)) !== null
    );
  } catch {
    return false;
  }
}
