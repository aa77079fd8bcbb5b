import { escapeXml } from '../text.ts';
import type { FeedLinkAttributes } from './links.ts';
import { escapeAttribute, escapeText, textAsHtml } from './xml-text.ts';

/** The texts of a document around its entries. */
export interface FrameTexts {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly pageUrl: string;
  readonly language: string;
  readonly publisher: string;
  readonly rights: string;
  readonly iconUrl: string;
  readonly generatorUrl: string;
  readonly updated: string;
  readonly links: readonly FeedLinkAttributes[];
  /** `archive` or `complete`, see `FeedPaging`. */
  readonly kind?: string;
}

type Place = 'text' | 'attribute' | 'html';
type Piece = string | { readonly index: number; readonly place: Place };

/** A comment of this text stands where the entries go. No text holds a noncharacter. */
export const seam = '\uFDD0';
const markForm = /\uFDD1(\d+)\uFDD2/g;

/**
 * Writes documents of one format. What is around the entries is made by `make` once for each shape, from marks instead of
 * texts, and then filled in: `feed` and the DOM cost a millisecond, which each of ten thousand papers would pay.
 */
export function frameWriter(
  make: (texts: FrameTexts) => string,
): (texts: FrameTexts, stylesheetUrl: string, entries: readonly string[]) => string {
  const frames = new Map<string, readonly Piece[]>();
  return (texts, stylesheetUrl, entries) => {
    const shape = JSON.stringify([texts.kind, texts.links.map(({ rel, type }) => [rel, type])]);
    const frame = frames.get(shape) ?? piecesOf(make(marked(texts)));
    frames.set(shape, frame);
    const values = valuesOf(texts);
    const filled = frame.map((piece) =>
      typeof piece === 'string' ? piece : writtenAt(piece.place, values[piece.index] ?? ''),
    );
    return [
      '<?xml version="1.0" encoding="utf-8"?>\n',
      `<?xml-stylesheet type="text/css" href="${escapeXml(stylesheetUrl)}"?>\n`,
      filled.join('').replace(`<!--${seam}-->`, () => entries.join('')),
      '\n',
    ].join('');
  };
}

const plainFields = [
  'id',
  'title',
  'subtitle',
  'pageUrl',
  'language',
  'publisher',
  'rights',
  'iconUrl',
  'generatorUrl',
  'updated',
] as const;

function valuesOf(texts: FrameTexts): readonly string[] {
  return [...plainFields.map((field) => texts[field]), ...texts.links.map(({ href }) => href)];
}

function mark(index: number): string {
  return `\uFDD1${index}\uFDD2`;
}

function marked(texts: FrameTexts): FrameTexts {
  const fields = Object.fromEntries(plainFields.map((field, index) => [field, mark(index)]));
  const links = texts.links.map((link, index) => ({ ...link, href: mark(plainFields.length + index) }));
  return { ...texts, ...fields, links };
}

/** The text of a frame at its marks, each with what it stands in. */
function piecesOf(xml: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const mark of xml.matchAll(markForm)) {
    pieces.push(xml.slice(end, mark.index), { index: Number(mark[1]), place: placeAt(xml, mark.index) });
    end = mark.index + mark[0].length;
  }
  return [...pieces, xml.slice(end)];
}

function placeAt(xml: string, index: number): Place {
  const isAfter = (opens: string, closes: string): boolean =>
    xml.lastIndexOf(opens, index) > xml.lastIndexOf(closes, index);
  if (isAfter('<![CDATA[', ']]>')) return 'html';
  return isAfter('<', '>') ? 'attribute' : 'text';
}

function writtenAt(place: Place, text: string): string {
  switch (place) {
    case 'html':
      return textAsHtml(text);
    case 'attribute':
      return escapeAttribute(text);
    case 'text':
      return escapeText(text);
  }
}
