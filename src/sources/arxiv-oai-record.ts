import type { Element } from 'slimdom';
import { parseArxivId, plainLine, type Author } from '../domain/paper.ts';
import { addDays, isCalendarDate, utcMidnight, type CalendarDate } from '../domain/time.ts';
import { arxivAuthorLine } from './arxiv-author-line.ts';
import { arxivKind, arxivRecord } from './arxiv-record.ts';
import type { ReadItem } from './collect.ts';
import { texAccents } from './tex-accents.ts';
import { child, childText, childrenNamed } from './xml-document.ts';

/** A paper is announced in the month of its id, and its record is written within some days after. */
const announcementGraceDays = 7;

/**
 * One `record` of arXiv's OAI-PMH. The date in it is that of its last change of any kind, so a first version is
 * announced as new only until a week after the month in its id: later only its metadata changed. A record with the
 * status `deleted` has no paper in it and tells that it was withdrawn.
 */
export function oaiRecord(record: Element, place: number, asked: readonly string[]): ReadItem {
  const header = child(record, '*', 'header');
  const key = (header && childText(header, '*', 'identifier')) || `record ${place}`;
  const changed = header ? childText(header, '*', 'datestamp').slice(0, 10) : '';
  if (header?.getAttribute('status') === 'deleted') {
    const deleted = parseArxivId(/^oai:arXiv\.org:(\S+)$/i.exec(key)?.[1] ?? '');
    const reason = `withdrawn: arXiv deleted the record on ${changed || 'a day it does not tell'}`;
    return { key, reason, ...(deleted && { withdrawn: `arxiv:${deleted.id}` }) };
  }
  const metadata = child(record, '*', 'metadata')?.children[0];
  if (metadata?.localName !== 'arXiv' && metadata?.localName !== 'arXivRaw') {
    return {
      key,
      reason: `expected metadata in the format arXiv or arXivRaw; got ${metadata ? `<${metadata.nodeName}>` : 'none'}`,
    };
  }
  const text = (name: string): string => childText(metadata, '*', name);
  const id = parseArxivId(text('id'))?.id;
  if (id === undefined) return { key, reason: `expected an arXiv id; got "${text('id')}"` };
  const title = plainLine(text('title'));
  if (title === '') return { key, reason: 'expected a title; got none' };

  const categories = text('categories').split(/\s+/);
  const { isFirst, ...said } =
    metadata.localName === 'arXivRaw' ? rawVersions(metadata) : createdAndUpdated(metadata);
  const isAnnounced = isFirst && changed <= lastAnnouncementDate(id);
  return {
    sourceKey: key,
    kind: arxivKind(isAnnounced, categories[0], asked),
    paper: arxivRecord({
      id,
      ...said,
      title,
      abstract: text('abstract'),
      authors:
        metadata.localName === 'arXivRaw' ? arxivAuthorLine(text('authors')) : structuredAuthors(metadata),
      categories,
      doi: text('doi'),
      comments: text('comments'),
    }),
    signals: [],
  };
}

interface SaidOfVersions {
  readonly isFirst: boolean;
  readonly version?: number;
  readonly submittedAt?: number;
}

/** `arXivRaw` has the history: the highest version, and the time of the first. */
function rawVersions(metadata: Element): SaidOfVersions {
  const versions = childrenNamed(metadata, 'version').map((version) => ({
    number: Number(/^v([1-9]\d{0,3})$/.exec(version.getAttribute('version') ?? '')?.[1] ?? Number.NaN),
    at: Date.parse(childText(version, '*', 'date')),
  }));
  const version = Math.max(...versions.map(({ number }) => number));
  const submittedAt = versions.find(({ number }) => number === 1)?.at;
  return {
    isFirst: version === 1,
    ...(Number.isFinite(version) ? { version } : {}),
    ...(submittedAt === undefined || Number.isNaN(submittedAt) ? {} : { submittedAt }),
  };
}

/** `arXiv` tells the day of the first version, and that of the last one only when there are more; never a number. */
function createdAndUpdated(metadata: Element): SaidOfVersions {
  const created = childText(metadata, '*', 'created');
  return {
    isFirst: childText(metadata, '*', 'updated') === '',
    ...(isCalendarDate(created) ? { submittedAt: utcMidnight(created) } : {}),
  };
}

/** Forenames, name, suffix; several affiliations of one person with semicolons. A lone colon is nobody. */
function structuredAuthors(metadata: Element): Author[] {
  const authors = child(metadata, '*', 'authors');
  return (authors ? childrenNamed(authors, 'author') : [])
    .map((author) => {
      const parts = ['forenames', 'keyname', 'suffix'].map((part) => childText(author, '*', part));
      const name = plainLine(texAccents(parts.filter((part) => part !== '').join(' ')));
      const affiliation = childrenNamed(author, 'affiliation')
        .map((place) => plainLine(texAccents(place.textContent ?? '')))
        .filter((place) => place !== '')
        .join('; ');
      return affiliation === '' ? { name } : { name, affiliation };
    })
    .filter(({ name }) => name !== '' && name !== ':');
}

/** A week after the end of the month in an id, `2609.…` or `cs/0601…`; ids start in 1991. */
function lastAnnouncementDate(id: string): CalendarDate {
  const [, year = '', month = ''] = /(?:^|\/)(\d\d)(\d\d)/.exec(id) ?? [];
  const first = `${Number(year) >= 91 ? '19' : '20'}${year}-${month}-01`;
  const nextMonth = addDays(first, 31).slice(0, 7);
  return addDays(`${nextMonth}-01`, announcementGraceDays);
}
