import { plainLine } from '../../domain/paper.ts';
import { unicodeMaths } from '../maths.ts';
import { cleanText, cut, firstSentences } from '../text.ts';

/** Embeddings, overrides and isolates (UAX #9): left open, they would turn the text after them around. */
const directionMarks = /[\u202A-\u202E\u2066-\u2069]/g;

function cleanLine(text: string): string {
  return plainLine(cleanText(text).replace(directionMarks, ''));
}

/** Text from outside as one line of plain text, maths as Unicode, at most about `maxLength` UTF-16 units. */
export function outsideLine(text: string, maxLength: number): string {
  return unicodeMaths(cut(cleanLine(text), maxLength));
}

/** The first sentences of a text from outside, likewise. */
export function outsideSentences(text: string, count: number, maxLength: number): string {
  return unicodeMaths(firstSentences(cleanLine(text), count, maxLength));
}

/** Longer addresses are left out: nobody follows them, and a few would fill the mail. */
const maxUrlLength = 500;

/** The address in its normal form, when it is an absolute http(s) one and not absurdly long. */
export function webLink(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { href, protocol } = new URL(url);
  return /^https?:$/.test(protocol) && href.length <= maxUrlLength ? href : undefined;
}
