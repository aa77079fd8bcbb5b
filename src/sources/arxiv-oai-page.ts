import type { Element } from 'slimdom';
import { plainLine } from '../domain/paper.ts';
import { isCalendarDate, type CalendarDate } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { oaiRecord } from './arxiv-oai-record.ts';
import type { ReadItem } from './collect.ts';
import { child, childText, childrenNamed, xmlRoot } from './xml-document.ts';

/** One answer of an OAI-PMH repository: a part of the records asked for. */
export interface ArxivOaiPage {
  readonly items: readonly ReadItem[];
  /** The latest day on which one of the records changed, else the day of the answer. */
  readonly lastDate: CalendarDate;
  /** With it the next part can be asked for; undefined when this is the last one. */
  readonly token: string | undefined;
  /** Of all parts together, where the repository tells. */
  readonly completeSize: number | undefined;
  /** The repository says that no record changed. */
  readonly isEmpty: boolean;
}

/** Whether a text starts like an answer of an OAI-PMH repository. */
export function looksLikeOai(text: string): boolean {
  return /<(?:\w+:)?OAI-PMH\b/.test(text.slice(0, 1000));
}

/**
 * An answer to ListRecords or GetRecord (OAI-PMH 2.0 sections 3.2, 3.5, 3.6 and 4.5) with metadata in arXiv's
 * formats `arXiv` or `arXivRaw`. `asked` are the categories asked for, `from` names the answer in errors. Throws
 * `SourceError`: `not-recognised`, `malformed`, or `reported` for an error that the repository reports;
 * `noRecordsMatch` is none, but an answer without records.
 */
export function arxivOaiPage(xml: string, from: string, asked: readonly string[] = []): ArxivOaiPage {
  const root = xmlRoot(xml, 'an OAI-PMH answer', from);
  if (root.localName !== 'OAI-PMH') {
    throw new SourceError(
      'not-recognised',
      `Expected an OAI-PMH answer from ${from}; got XML with the root <${root.nodeName}>. Check the address.`,
    );
  }
  const errors = childrenNamed(root, 'error');
  const isEmpty = errors.some((error) => error.getAttribute('code') === 'noRecordsMatch');
  const [error] = errors.filter((candidate) => candidate.getAttribute('code') !== 'noRecordsMatch');
  if (error) {
    throw new SourceError(
      'reported',
      `Expected records from ${from}; the repository reports ${error.getAttribute('code') ?? 'an error'}: "${plainLine(error.textContent ?? '')}". Check the categories and the format.`,
    );
  }
  const list = child(root, '*', 'ListRecords') ?? child(root, '*', 'GetRecord');
  if (!list && !isEmpty) {
    throw new SourceError(
      'malformed',
      `Expected ListRecords or GetRecord in the answer from ${from}; got neither records nor an error.`,
    );
  }
  const records = list ? childrenNamed(list, 'record') : [];
  const dates = records.map(datestampOf).filter(isCalendarDate).toSorted();
  const resumption = list && child(list, '*', 'resumptionToken');
  const size = resumption?.getAttribute('completeListSize') ?? '';
  return {
    items: records.map((record, place) => oaiRecord(record, place, asked)),
    lastDate: dates.at(-1) ?? answerDate(root, from),
    token: resumption?.textContent?.trim() || undefined,
    completeSize: /^\d+$/.test(size) ? Number(size) : undefined,
    isEmpty,
  };
}

/** Days, also where the repository writes times. */
function datestampOf(record: Element): CalendarDate {
  const header = child(record, '*', 'header');
  return header ? childText(header, '*', 'datestamp').slice(0, 10) : '';
}

function answerDate(root: Element, from: string): CalendarDate {
  const text = childText(root, '*', 'responseDate');
  if (isCalendarDate(text.slice(0, 10))) return text.slice(0, 10);
  throw new SourceError('malformed', `Expected a responseDate in the answer from ${from}; got "${text}".`);
}
