import { hash } from 'node:crypto';
import type { PaperRecord } from '../domain/paper.ts';
import { plainLine, revisableFields } from '../domain/paper.ts';

/** Stands for a field that the source does not tell this time, e.g. the abstract in a replacement mail. */
export const untold = '-';

/** 66 bits: a chance collision among the versions of one paper is out of the question. */
const hashLength = 11;

/** Side facts stand between the fields of the first version of this form and those added since. */
const sidePlace = 7;

/**
 * One hash over all that a source says of a paper, 11 characters: it stands in the index by which a million papers
 * are compared, and the index is to fit into memory. Equal hashes mean equal `fingerprint`s. Text counts after collapsing white space and NFC; follower counts do not
 * count, they change by the hour.
 */
export function contentHash(record: PaperRecord): string {
  return hash('sha256', [...revisableValues(record), sideFacts(record)].join('\0'), 'base64url').slice(
    0,
    hashLength,
  );
}

/**
 * What a source says of a paper as short hashes, one for each of `revisableFields` in that order, with one over the
 * side facts in the eighth place: it tells what changed when `contentHash` tells that something did.
 */
export function fingerprint(record: PaperRecord): string {
  const hashes = revisableValues(record).map(shortHash);
  return [...hashes.slice(0, sidePlace), shortHash(sideFacts(record)), ...hashes.slice(sidePlace)].join(' ');
}

/** A fingerprint in which a field that is not told this time has the hash of what was told before. */
export function withTold(said: string, before: string | undefined): string {
  if (before === undefined) return said;
  const earlier = before.split(' ');
  return said
    .split(' ')
    .map((one, place) => (one === untold ? (earlier[place] ?? untold) : one))
    .join(' ');
}

/** The hash of each revisable field of a fingerprint; one that the fingerprint is too old to have is untold. */
export function fieldHashes(said: string): readonly string[] {
  const all = said.split(' ').toSpliced(sidePlace, 1);
  return revisableFields.map((_, place) => all[place] ?? untold);
}

/** In the order of `revisableFields`. */
function revisableValues(record: PaperRecord): readonly string[] {
  return [
    plainLine(record.title),
    plainLine(record.abstract),
    plainLine(record.authors.map((author) => author.name).join('\n')),
    record.categories.join(' '),
    record.version === undefined ? '' : String(record.version),
    record.doi ?? '',
    record.links.code ?? '',
    record.comments === undefined ? '' : plainLine(record.comments),
    record.isWithdrawn ? 'withdrawn' : '',
  ];
}

function sideFacts({ keywords, links, organization, mediaCount }: PaperRecord): string {
  const { abstract, pdf = '', project = '', discussion = '' } = links;
  return `${keywords.join('\n')}\t${abstract}\t${pdf}\t${project}\t${discussion}\t${organization ?? ''}\t${mediaCount ?? ''}`;
}

function shortHash(text: string): string {
  return text === '' ? untold : hash('sha256', text, 'base64url').slice(0, hashLength);
}
