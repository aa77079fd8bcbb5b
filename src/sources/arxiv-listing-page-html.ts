import { defaultTreeAdapter as tree, parse, type DefaultTreeAdapterTypes } from 'parse5';
import { parseArxivId, plainLine } from '../domain/paper.ts';
import type { CalendarDate } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivAuthors } from './arxiv-authors.ts';
import { arxivKind, arxivRecord } from './arxiv-record.ts';
import type { ReadItem } from './collect.ts';

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.Node;

export type PageSection = 'New' | 'Cross' | 'Replacement';

/** One page of a day's listing. */
export interface ArxivListingPage {
  readonly listDate: CalendarDate;
  readonly items: readonly { readonly section: PageSection; readonly item: ReadItem }[];
  /** The Y of `showing X of Y entries` for each section that the page has. */
  readonly totals: ReadonlyMap<PageSection, number>;
  /** The sum of all sections, also those on other pages; undefined where the page does not tell. */
  readonly total: number | undefined;
}

/**
 * A page of arXiv's listings, `/list/CATEGORY/new` or `/catchup/CATEGORY/DATE`, in the markup of arxiv-browse's
 * templates (list_macros.html, catchup.html): a heading with the day, a heading for each section with `showing X of
 * Y entries`, then `dt` and `dd` for each paper. `from` names the page in errors. Throws `SourceError`:
 * `not-recognised` for any other page, `malformed` when a section holds another number of papers than it says.
 */
export function arxivListingPage(html: string, category: string, from: string): ArxivListingPage {
  const elements = [...descendants(parse(html))];
  const page = elements.find((element) => attribute(element, 'id') === 'dlpage');
  const listDate = elements
    .filter(isHeading)
    .map(dayIn)
    .find((day) => day !== undefined);
  if (!page || listDate === undefined) {
    const title = elements.find((element) => element.tagName === 'title');
    throw new SourceError(
      'not-recognised',
      `Expected a page of new papers with its day from ${from}; got ${title ? `a page titled "${textOf(title)}"` : `"${plainLine(html.slice(0, 80))}"`}. Check the category and the address.`,
    );
  }
  const totals = new Map<PageSection, number>();
  const shown = new Map<PageSection, number>();
  const items: { section: PageSection; item: ReadItem }[] = [];
  let section: PageSection | undefined;
  let term: Element | undefined;
  for (const element of descendants(page)) {
    const heading = isHeading(element) ? sectionIn(textOf(element)) : undefined;
    if (heading) {
      section = heading.section;
      totals.set(section, heading.total);
      shown.set(section, (shown.get(section) ?? 0) + heading.shown);
    } else if (element.tagName === 'dt') {
      term = element;
    } else if (element.tagName === 'dd' && term && section) {
      items.push({ section, item: readEntry(term, element, section, category) });
      term = undefined;
    }
  }
  for (const [name, count] of shown) {
    const found = items.filter((entry) => entry.section === name).length;
    if (found !== count) throw cutPage(`${count} ${name.toLowerCase()} submissions`, found, from);
  }
  const [, total] = /Total of (\d+) entries/i.exec(textOf(page)) ?? [];
  return { listDate, items, totals, total: total === undefined ? undefined : Number(total) };
}

function cutPage(expected: string, found: number, from: string): SourceError {
  return new SourceError(
    'malformed',
    `Expected ${expected} from ${from}, as the page says; got ${found}. It is cut off or its form has changed. Try again later.`,
  );
}

function sectionIn(heading: string): { section: PageSection; shown: number; total: number } | undefined {
  const form =
    /^(New|Cross|Replacement) submissions?\b.*\((?:continued, )?showing (?:first |last )?(\d+) of (\d+) entries ?\)/;
  const [, section, shown, total] = form.exec(heading) ?? [];
  if (section !== 'New' && section !== 'Cross' && section !== 'Replacement') return undefined;
  return { section, shown: Number(shown), total: Number(total) };
}

/** `Showing new listings for Tuesday, 3 February 2026` and `Catchup results for … on Wed, 02 Sep 2026`. */
function dayIn(heading: Element): CalendarDate | undefined {
  const form = /^(?:Showing new listings for|Catchup results for .* on) \w+, (\d{1,2} \w+ \d{4})$/;
  const [, day] = form.exec(textOf(heading)) ?? [];
  const at = Date.parse(`${day ?? ''} UTC`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
}

function readEntry(term: Element, details: Element, section: PageSection, category: string): ReadItem {
  const link = [...descendants(term)].find((element) => attribute(element, 'title') === 'Abstract');
  const href = link ? attribute(link, 'href') : undefined;
  const id = parseArxivId(/\/abs\/(\S+)$/.exec(href ?? '')?.[1] ?? '');
  if (!id) return { key: plainLine(textOf(term)), reason: `expected a link to /abs/ID; got "${href ?? ''}"` };
  const key = `arXiv:${id.id}`;
  const field = (name: string): string => {
    const found = [...descendants(details)].find((element) => hasClass(element, name));
    return found ? textOf(found, 'descriptor') : '';
  };
  const title = field('list-title');
  if (title === '') return { key, reason: 'expected a title; got none' };
  const abstract = [...descendants(details)].find(
    (element) => element.tagName === 'p' && hasClass(element, 'mathjax'),
  );
  const categories = [...field('list-subjects').matchAll(/\(([\w.-]+)\)(?=\s*(?:;|$))/g)].map(
    ([, name = '']) => name,
  );
  return {
    sourceKey: key,
    kind: section === 'Cross' ? 'cross-list' : arxivKind(section === 'New', categories[0], [category]),
    paper: arxivRecord({
      ...id,
      title,
      abstract: abstract ? textOf(abstract) : '',
      authors: arxivAuthors(shownAuthors(field('list-authors'))),
      categories,
      doi: '',
      comments: field('list-comments'),
    }),
    signals: [],
  };
}

/** Long lists end with `et al. (3,203 additional authors not shown)`. */
function shownAuthors(text: string): string {
  if (text === '(author list is unavailable)') return '';
  return text
    .replace(/^Authors?:\s*/, '')
    .replace(/,?\s*et al\. \([\d,]+ additional authors? not shown\)$/, '');
}

function isHeading(element: Element): boolean {
  return /^h[1-6]$/.test(element.tagName);
}

function hasClass(element: Element, name: string): boolean {
  return (attribute(element, 'class') ?? '').split(/\s+/).includes(name);
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((found) => found.name === name)?.value;
}

/** All elements below a node in the order of the page, without recursion: markup can be nested as deep as it likes. */
function* descendants(root: DefaultTreeAdapterTypes.ParentNode): Generator<Element> {
  const open: Node[] = [...root.childNodes].toReversed();
  for (let node = open.pop(); node; node = open.pop()) {
    if (!tree.isElementNode(node)) continue;
    yield node;
    open.push(...node.childNodes.toReversed());
  }
}

/** The text of an element on one line, without elements of the class `without`; a line break is a space. */
function textOf(root: Element, without?: string): string {
  let text = '';
  const open: Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (tree.isTextNode(node)) text += node.value;
    else if (tree.isElementNode(node)) {
      if (without !== undefined && hasClass(node, without)) continue;
      if (node.tagName === 'br') text += ' ';
      open.push(...node.childNodes.toReversed());
    }
  }
  return plainLine(text);
}
