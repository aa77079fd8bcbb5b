import type { EntryKind, Listing } from '../domain/listing.ts';
import { parseArxivId, plainLine } from '../domain/paper.ts';
import { isCalendarDate, type CalendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivAuthorLine } from './arxiv-author-line.ts';
import { arxivRecord } from './arxiv-record.ts';
import { collect, type ReadItem } from './collect.ts';
import { texAccents } from './tex-accents.ts';

/** The last line of an entry starts with it, the address of the paper follows. */
const closing = '\\\\ (';

/** Whether a text is a listing mail of arXiv: the line on the time of submissions, between rules. */
export function looksLikeArxivMail(text: string): boolean {
  return /^-{60,}\r?$/m.test(text) && /^ ?received from\s.+\sto\s.+$/m.test(text);
}

/**
 * The listing in the plain text of arXiv's daily mail (https://info.arxiv.org/help/subscribe.html): new submissions,
 * cross-lists, and replacements, which have no abstract. Its list day is the date of the mail in GMT: it is written
 * after midnight there, on the day on which the feeds show the same papers. `from` names the mail in errors. Throws
 * `SourceError`: `not-recognised` for any other text, `malformed` when the mail is cut off, has no date, or holds
 * another number of new papers than its subject tells.
 */
export function arxivMailListing(text: string, source: string, from: string, readAt: Instant): Listing {
  if (!looksLikeArxivMail(text)) {
    const start = plainLine(text.slice(0, 80));
    throw new SourceError(
      'not-recognised',
      `Expected a listing mail of arXiv as plain text in ${from}; got ${start === '' ? 'nothing' : `"${start}"`}.`,
    );
  }
  const lines = text.split(/\r?\n/);
  if (!lines.some((line) => /^(?:%%%---){3}/.test(line))) {
    throw new SourceError(
      'malformed',
      `Expected a whole mail in ${from}; got one without the line of %%%--- at its end. Save it again.`,
    );
  }
  const header = lines.slice(0, lines.indexOf('\\\\'));
  const listDate = mailDate(header, from);
  const entries = entriesIn(lines);
  const items = entries.map(readEntry);
  const subject = header.find((line) => line.startsWith('Subject:')) ?? '';
  const [, told] = /\b(\d{1,6}) new\b/.exec(subject) ?? [];
  const found = entries.filter((entry) => kindOf(entry.split('\n')) === 'new').length;
  if (told !== undefined && Number(told) !== found) {
    throw new SourceError(
      'malformed',
      `Expected ${told} new papers in ${from}, as its subject tells; got ${found}. Save the mail again.`,
    );
  }
  return { source, listDate, readAt, ...collect(items), quiet: false, rhythm: 'batch', hasVotes: false };
}

/** Every entry from its id to the line before the next one or the next rule, without the `\\` lines around it. */
function entriesIn(lines: readonly string[]): string[] {
  const entries: string[][] = [];
  let open: string[] | undefined;
  for (const [index, line] of lines.entries()) {
    if (line === '\\\\' && lines[index + 1]?.startsWith('arXiv:')) {
      open = [];
      entries.push(open);
    } else if (line.startsWith(closing) || /^%[-%]/.test(line)) {
      if (line.startsWith('\\')) open?.push(line);
      open = undefined;
    } else {
      open?.push(line);
    }
  }
  return entries.map((entry) => entry.join('\n'));
}

function readEntry(entry: string, place: number): ReadItem {
  const lines = entry.split('\n');
  const key = /^arXiv:\S+/.exec(entry)?.[0] ?? `entry ${place}`;
  const id = parseArxivId(key.slice('arXiv:'.length));
  if (!id) return { key, reason: `expected an arXiv id; got "${lines[0] ?? ''}"` };
  if (lines.at(-1)?.startsWith(closing) !== true) {
    return { key, reason: 'expected the address of the paper at the end of its entry; the entry is cut off' };
  }
  const divider = lines.indexOf('\\\\');
  const head = lines.slice(1, divider < 0 ? -1 : divider);
  const fields = fieldsOf(head);
  const title = texAccents(fields.get('title') ?? '');
  if (plainLine(title) === '') return { key, reason: 'expected a title; got none' };
  const kind = kindOf(lines);
  const submittedAt = Date.parse(withoutSize(fields.get('date') ?? ''));
  return {
    sourceKey: key,
    kind,
    paper: arxivRecord({
      ...id,
      title,
      abstract: divider < 0 ? '' : texAccents(lines.slice(divider + 1, -1).join('\n')),
      authors: arxivAuthorLine(fields.get('authors') ?? ''),
      categories: (fields.get('categories') ?? '').split(/\s+/),
      doi: fields.get('doi') ?? '',
      comments: texAccents(fields.get('comments') ?? ''),
      // NaN for a replacement, which tells the time of its own version only, in another way.
      submittedAt,
    }),
    signals: [],
  };
}

function kindOf(lines: readonly string[]): EntryKind {
  const isCross = /\(\*cross-listing\*\)/.test(lines[0] ?? '');
  if (lines[1]?.startsWith('replaced with revised version')) {
    return isCross ? 'replacement-cross-list' : 'replacement';
  }
  return isCross ? 'cross-list' : 'new';
}

/** `Name: value` with the lines that go on with two spaces; names in lower case, the first of a name counts. */
function fieldsOf(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of lines) {
    const [, found, value = ''] = /^([A-Za-z][A-Za-z-]*):\s*(.*)$/.exec(line) ?? [];
    if (found !== undefined) {
      name = found.toLowerCase();
      if (!fields.has(name)) fields.set(name, value);
    } else if (line.startsWith('  ')) {
      fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`);
    }
  }
  return fields;
}

/** `Wed, 15 Mar 2023 18:34:08 GMT   (243kb,D)` without the size; in time that grows with the text, whatever it holds. */
function withoutSize(text: string): string {
  return text.replace(/(?<!\s)\s*\([^()]*\)\s*$/, '');
}

/** The `Date:` of the mail as a day in GMT; two digits of a year are read as in RFC 5322 section 4.3. */
function mailDate(header: readonly string[], from: string): CalendarDate {
  const line = header.find((candidate) => candidate.startsWith('Date:')) ?? '';
  const fourDigits = line
    .slice('Date:'.length)
    .replace(
      /^(\s*\w{3},\s+\d{1,2}\s+\w{3}\s+)(\d{2})(?=\s)/,
      (_, before: string, year: string) => `${before}${Number(year) < 50 ? '20' : '19'}${year}`,
    );
  const at = Date.parse(fourDigits);
  // The year of a date in another form can be anything, also one that no calendar day has.
  const day = Number.isNaN(at) ? '' : new Date(at).toISOString().slice(0, 10);
  if (isCalendarDate(day)) return day;
  throw new SourceError('malformed', `Expected the date of the mail in ${from}; got "${line}".`);
}
