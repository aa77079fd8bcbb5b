import type { PublishedDocument } from '../../../src/domain/site.ts';
import { renderPages } from '../../../src/render/web/pages.ts';
import { readPage, type PageElement } from './html-tree.ts';
import { inputs } from './sample-inputs.ts';
import { digests, editions, projectPages, site } from './sample-site.ts';

export const pages = await projectPages();

/** The sample site with all that its pages can show. */
export const documents: readonly PublishedDocument[] = renderPages(pages, site, digests, editions, inputs);

/** The page at a path, of the sample site or of other documents. */
export function htmlOf(path: string, made = documents): string {
  const found = made.find((document) => document.path === path);
  if (!found) throw new Error(`expected a document at ${path}`);
  return String(found.body);
}

export function elementsOf(html: string, name: string): readonly PageElement[] {
  return readPage(html).elements.filter((element) => element.name === name);
}

/** What a reader sees of a page between its tabs and its foot, in one line. */
export function textOf(path: string, made = documents): string {
  return (elementsOf(htmlOf(path, made), 'main')[0]?.text ?? '').replace(/\s+/g, ' ');
}
