import type { Author } from '../domain/paper.ts';

const htmlCharacters: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML, for element content and for attribute values in either kind of quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlCharacters[character] ?? character);
}

/** Text as XML 1.0, for element content and attribute values; characters that XML cannot hold are dropped. */
export function escapeXml(text: string): string {
  return escapeHtml(cleanText(text));
}

/**
 * Text that every output format can hold: well-formed Unicode in NFC, lines ended by LF, without control
 * characters (C0 except tab and LF, DEL, C1), noncharacters and U+FFFD.
 *
 * XML 1.0 section 2.2 forbids most of them, HTML parsers call all of them errors, and feed validators
 * warn of the rest.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}|\p{Noncharacter_Code_Point}|\uFFFD/gu, '')
    .normalize('NFC');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * At most `maxLength` UTF-16 units of a text, ended by an ellipsis when something was left out.
 *
 * The cut is between words where a word ends in the second half of what fits, and never inside a character
 * as a reader sees it (UAX #29) or inside a formula between `$` signs.
 */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  if (maxLength < 1) return '';

  let end = 0;
  for (const { index } of graphemes.segment(text.slice(0, maxLength))) end = index;
  for (const formula of text.matchAll(/\$[^\s$](?:[^$]*[^\s$])?\$/g)) {
    if (formula.index >= end) break;
    if (end < formula.index + formula[0].length) end = formula.index;
  }

  const fits = text.slice(0, end);
  const isAtWordEnd = /\s/.test(text.charAt(end));
  const wordEnd = isAtWordEnd ? end : fits.search(/\s\S*$/);
  const kept = wordEnd > end / 2 ? fits.slice(0, wordEnd) : fits;
  return `${kept.replace(/[\s,;:(\u2013\u2014-]+$/, '')}…`;
}

const abbreviations = new Set(
  (
    'e.g i.e al cf vs fig figs eq eqs sec secs tab ref refs ch app thm no nos vol pp dr prof mr mrs ms st jr ' +
    'resp approx ca viz w.r.t a.k.a dept univ inc ltd ed eds'
  ).split(' '),
);

/**
 * The first `count` sentences, at most `maxLength` UTF-16 units (cut with an ellipsis when longer).
 *
 * A full stop after an abbreviation, an initial or before a word in lower case does not end a sentence.
 */
export function firstSentences(text: string, count: number, maxLength: number): string {
  let found = 0;
  for (const end of text.matchAll(/(?<![.!?…])[.!?…]+["'”’)\]]*(?=\s)|[。！？]+[」』）]*/gu)) {
    const after = end.index + end[0].length;
    if (
      !endsSentence(text.slice(Math.max(0, end.index - 40), end.index), end[0], text.slice(after, after + 40))
    ) {
      continue;
    }
    found += 1;
    if (found === count) return cut(text.slice(0, after), maxLength);
  }
  return cut(text, maxLength);
}

function endsSentence(before: string, mark: string, after: string): boolean {
  if (/^\s+\p{Ll}/u.test(after)) return false;
  if (!mark.startsWith('.') || mark.startsWith('..')) return true;
  const [word = ''] = /[\p{L}\p{N}.]*$/u.exec(before) ?? [];
  return !abbreviations.has(word.toLowerCase()) && !/^\p{Lu}$/u.test(word);
}

/**
 * The authors in their order: all of them when they are at most `first + last`, else the first ones and the
 * last ones with the count: `Ada One, Bea Two … Zoe Last (312 authors)`.
 *
 * `authors` may itself be shortened (as in an edition); `authorCount` counts all.
 */
export function byline(
  authors: readonly Author[],
  authorCount: number,
  shown: { readonly first: number; readonly last: number },
): string {
  const names = authors.map((author) => author.name);
  const isWhole = names.length >= authorCount;
  if (isWhole && names.length <= shown.first + shown.last) return names.join(', ');

  const lastCount = Math.min(shown.last, Math.max(0, names.length - 1));
  const first = names.slice(0, Math.min(shown.first, names.length - lastCount)).join(', ');
  const last = lastCount > 0 ? names.slice(-lastCount).join(', ') : '';
  const count = Math.max(authorCount, names.length);
  return `${[first, last].filter(Boolean).join(' … ')} (${count} ${count === 1 ? 'author' : 'authors'})`.trim();
}

/** A count in at most four characters: `999`, `1.2k`, `12k`, `3.4M`. */
export function compactCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_500) return `${short(count / 1000)}k`;
  return `${short(count / 1_000_000)}M`;
}

function short(value: number): string {
  return value < 9.95 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

/** Whether the first letter with a direction is one of a script written from right to left (UAX #9, rule P2). */
export function isRightToLeft(text: string): boolean {
  const [letter] = /\p{L}/u.exec(text) ?? [];
  return (
    letter !== undefined &&
    /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u.test(letter)
  );
}

/** Plain text as HTML paragraphs: a blank line parts two of them; each has its direction where it runs from right to left. */
export function paragraphHtml(text: string): string {
  return cleanText(text)
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean)
    .map((paragraph) => `<p${isRightToLeft(paragraph) ? ' dir="rtl"' : ''}>${escapeHtml(paragraph)}</p>`)
    .join('\n');
}
