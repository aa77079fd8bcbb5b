import type { FeedDocument, FeedFormat, FeedItem } from './model.ts';

interface Written {
  readonly publisher: string;
  readonly text: string;
}

const kept: Readonly<Record<FeedFormat, WeakMap<FeedItem, Written>>> = {
  rss: new WeakMap(),
  atom: new WeakMap(),
  json: new WeakMap(),
};

/** The texts of a document's items, each written once for as long as the item lives: a paper stands in several feeds. */
export function itemTexts(
  { items, publisher }: FeedDocument,
  format: FeedFormat,
  write: (item: FeedItem) => string,
): readonly string[] {
  const texts = kept[format];
  return items.map((item) => {
    const known = texts.get(item);
    if (known?.publisher === publisher) return known.text;
    const text = write(item);
    texts.set(item, { publisher, text });
    return text;
  });
}
