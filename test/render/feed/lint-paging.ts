import { hrefOf, type ReadFeed } from './read-feed.ts';

const registered = ['self', 'alternate', 'hub', 'current', 'prev-archive', 'next-archive'];

/** What is wrong with the entries of a feed by themselves and together, in any format. */
export function entryFaults({ items, updatedAt }: ReadFeed): readonly string[] {
  const faults: string[] = [];
  const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
  if (!isUnique(items.map(({ id }) => id))) faults.push('two equal ids');
  if (!isUnique(items.map((item) => item.updatedAt))) faults.push('two equal updated');
  for (const [index, item] of items.entries()) {
    const later = items[index - 1];
    if (!/^tag:[a-z0-9.-]+,\d{4}(?:-\d\d){0,2}:[\x21-\x7e]+$/.test(item.id)) faults.push(`id ${item.id}`);
    if (!/^https?:\/\/[\x21-\x7e]+$/.test(item.url)) faults.push(`url ${item.url}`);
    if (item.title.trim() === '' || item.summary.trim() === '' || item.html.trim() === '')
      faults.push('an empty text');
    if (item.authors.some((name) => name.trim() === '')) faults.push('an author without a name');
    if (Number.isNaN(item.publishedAt) || !(item.updatedAt >= item.publishedAt))
      faults.push('updated too early');
    if (later && !(later.publishedAt > item.publishedAt)) faults.push('not strictly descending');
    if (item.updatedAt > updatedAt) faults.push('the feed is older than an entry');
  }
  return faults;
}

/** What is wrong with the links of a document of XML: RFC 4287, RFC 5005, and what validators say of both. */
export function linkFaults(feed: ReadFeed): readonly string[] {
  const { format, links, marks, self } = feed;
  if (format === 'json') return hrefOf(links, 'prev-archive') === self ? ['next_url is the feed itself'] : [];
  const faults: string[] = [];
  const type = format === 'rss' ? 'application/rss+xml' : 'application/atom+xml';
  for (const link of links) {
    if (!registered.includes(link.rel)) faults.push(`rel ${link.rel}`);
    if (!/^https?:\/\/[\x21-\x7e]+$/.test(link.href)) faults.push(`href ${link.href}`);
    if (link.rel !== 'alternate' && link.rel !== 'hub' && link.type !== type)
      faults.push(`type of ${link.rel}`);
  }
  for (const rel of ['self', 'current', 'prev-archive', 'next-archive']) {
    if (links.filter((link) => link.rel === rel).length > 1) faults.push(`two ${rel}`);
  }
  const keys = links.map(({ rel, type: of, href }) => `${rel} ${of} ${href}`);
  if (new Set(keys).size < keys.length) faults.push('a link twice');
  if (self === '') faults.push('no self');
  if (marks.length > 1 || marks.some((mark) => mark !== 'archive' && mark !== 'complete'))
    faults.push(`marks ${marks.join(' ')}`);
  const has = (rel: string): boolean => hrefOf(links, rel) !== '';
  if (marks.includes('archive') && !has('current')) faults.push('no current in an archive document');
  if (marks.includes('archive') && !has('prev-archive') && !has('next-archive'))
    faults.push('archive by itself');
  if (marks.includes('complete') && (has('current') || has('prev-archive') || has('next-archive')))
    faults.push('another page of a complete feed');
  return faults;
}
