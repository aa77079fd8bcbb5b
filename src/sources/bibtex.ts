import type { Creator, Entry, parse } from '@retorquere/bibtex-parser';
import { plainLine, type Author } from '../domain/paper.ts';
import { isCalendarDate, utcMidnight } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { ReadItem } from './collect.ts';
import { identityOf } from './paper-identity.ts';

/** Whether a text has a BibTeX entry at the start of a line. */
export function looksLikeBibtex(text: string): boolean {
  return /^[ \t]*@[a-z]+[ \t]*[{(]/im.test(text);
}

/** The parser's time grows with the square of an entry: 3,000 authors are 15,000 words and take a second. */
const maxTokens = 25_000;
/** The same holds for one word; no address is that long. */
const longestWord = 10_000;

/**
 * Every entry of a BibTeX file as a paper, TeX turned into Unicode text. An entry that cannot be parsed, is far too long
 * or has no title is dropped with the reason; an abstract is often not there and then empty. Where the file as a whole
 * cannot be parsed, that is the one item, with the key `document`.
 */
export async function bibtexPapers(text: string): Promise<ReadItem[]> {
  const { parse: parseBibtex } = await import('@retorquere/bibtex-parser');
  const escaped = shortSpaces(text).replaceAll('<', '{\\textless}').replaceAll('>', '{\\textgreater}');
  const [long, usual] = partition(escaped.split(/(?=^[ \t]*@[a-z]+[ \t]*[{(])/im), isTooLong);
  const items: ReadItem[] = long.map((entry) => ({
    key: keyOf(entry),
    reason: `expected an entry of at most ${maxTokens} words and signs, none longer than ${longestWord} characters; got more`,
  }));
  const library = libraryIn(usual.join(''), parseBibtex);
  if (library instanceof Error) {
    return [...items, { key: 'document', reason: `expected BibTeX; got ${library.message}` }];
  }
  items.push(...library.entries.filter((entry) => entry.input !== '').map(paperOf));
  for (const { error, input = '' } of library.errors) {
    // Other errors leave their entry as it is: an unknown abbreviation, a name in too many parts.
    if (!/^@(?!(?:string|preamble|comment)\b)/i.test(input)) continue;
    // A dollar sign alone is money, not mathematics.
    const retried = /math/i.test(error)
      ? parsed(input.replace(/(?<!\\)\$/g, '\\$'), parseBibtex, library.strings)
      : undefined;
    const entry = retried instanceof Error ? undefined : retried?.entries.find((found) => found.input !== '');
    items.push(
      entry ? paperOf(entry) : { key: keyOf(input), reason: `expected a BibTeX entry; got ${error}` },
    );
  }
  return items;
}

/** Runs of white space as one sign: the parser's time grows with the square of a run. */
function shortSpaces(text: string): string {
  return text.replace(/\s{2,}/g, (run) => (/[\n\r]/.test(run) ? '\n' : ' '));
}

type Parse = typeof parse;
type Library = ReturnType<Parse>;

/** The parser fails at one abbreviation (`@string`) that it cannot read: then the entries are read without any. */
function libraryIn(text: string, parseBibtex: Parse): Library | Error {
  const library = parsed(text, parseBibtex);
  return library instanceof Error ? parsed(text.replaceAll(/@string\b/gi, '@comment'), parseBibtex) : library;
}

function parsed(text: string, parseBibtex: Parse, strings: Library['strings'] = {}): Library | Error {
  const options = {
    english: false,
    sentenceCase: false,
    caseProtection: false,
    unsupported: 'ignore',
    strings,
  } as const;
  try {
    return parseBibtex(text, options);
  } catch (thrown) {
    return asError(thrown);
  }
}

function isTooLong(entry: string): boolean {
  if (entry.length <= maxTokens) return false;
  const tokens = entry.match(/[a-z]+|\d+|[^a-z\d\s]/gi)?.length ?? 0;
  return tokens > maxTokens || entry.split(/\s+/).some((word) => word.length > longestWord);
}

function partition(texts: readonly string[], isFirst: (text: string) => boolean): [string[], string[]] {
  return [texts.filter(isFirst), texts.filter((text) => !isFirst(text))];
}

function paperOf(entry: Entry): ReadItem {
  const fields: Partial<Record<string, unknown>> = entry.fields;
  const field = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  const title = plainText(field('title'));
  if (title === '') return { key: entry.key, reason: 'expected a title; got none' };
  const identity = identityOf({
    arxiv: arxivOf(field),
    doi: verbatim(field('doi')),
    url: verbatim(field('url')),
    title,
  });
  const date = field('date');
  const primary = plainLine(field('primaryclass') || field('eprintclass'));
  return {
    sourceKey: entry.key || identity.id,
    kind: 'new',
    paper: {
      ...identity,
      title,
      abstract: plainText(field('abstract')),
      authors: (entry.fields.author ?? [])
        .map(authorOf)
        .filter(({ name }) => name !== '' && name !== 'others'),
      categories: primary === '' ? [] : [primary],
      keywords: [...new Set((entry.fields.keywords ?? []).map((word) => plainText(word).toLowerCase()))],
      ...(isCalendarDate(date) ? { submittedAt: utcMidnight(date) } : {}),
    },
    signals: [],
  };
}

/** `eprint` when it is arXiv's, else the `arXiv:ID` that Google Scholar and others write into the journal or note. */
function arxivOf(field: (name: string) => string): string | undefined {
  const archive = field('archiveprefix') || field('eprinttype');
  if (archive === '' || /^arxiv$/i.test(archive)) {
    const eprint = field('eprint').trim();
    if (eprint !== '') return eprint;
  }
  const [, id] = /arXiv:\s*([\w.-]+(?:\/\d+)?)/i.exec(`${field('journal')} ${field('note')}`) ?? [];
  return id;
}

function authorOf({ name, firstName, prefix, lastName, suffix }: Creator): Author {
  return { name: plainText(name ?? [firstName, prefix, lastName, suffix].filter(Boolean).join(' ')) };
}

/** The parser writes fonts, indices and links as HTML tags, and accents on a dotless i as they stand. */
function plainText(text: string): string {
  const untagged = text.replace(/<\/?(?:i|b|code|sub|sup|span|a)(?:\s[^<>]*)?>/g, '');
  return plainLine(untagged.replace(/ı(?=\p{M})/gu, 'i').replace(/ȷ(?=\p{M})/gu, 'j'));
}

/** A field that is not TeX, with the escapes that people write into it all the same. */
function verbatim(text: string): string {
  const angles = text.replace(/\{?\\textless\}?/g, '<').replace(/\{?\\textgreater\}?/g, '>');
  return angles.replace(/\\([_%&#~])/g, '$1');
}

function keyOf(input: string): string {
  return /@\w+\s*[{(]\s*([^\s,]+)/.exec(input)?.[1] ?? 'entry';
}
