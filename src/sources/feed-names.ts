/** The families of names that a feed is made of. Everything else in a feed is not read. */
type Family = 'core' | 'dc' | 'dcterms' | 'content' | 'prism' | 'arxiv' | 'rdf' | 'xhtml' | 'unread';

/** What people mean by a prefix that they forgot to declare. */
const usualPrefixes: ReadonlyMap<string, Family> = new Map([
  ['', 'core'],
  ['rss', 'core'],
  ['atom', 'core'],
  ['atom10', 'core'],
  ['a10', 'core'],
  ['dc', 'dc'],
  ['dcterms', 'dcterms'],
  ['content', 'content'],
  ['prism', 'prism'],
  ['arxiv', 'arxiv'],
  ['rdf', 'rdf'],
  ['xhtml', 'xhtml'],
]);

/** Namespaces by how they start, in lower case: versions and slashes at the end differ between feeds. */
const namespaces: readonly (readonly [start: string, family: Family])[] = [
  ['http://www.w3.org/2005/atom', 'core'],
  ['https://www.w3.org/2005/atom', 'core'],
  ['http://purl.org/atom/ns', 'core'],
  ['http://purl.org/rss/1.0/modules/content', 'content'],
  ['http://purl.org/rss/1.0/modules/prism', 'prism'],
  ['http://purl.org/rss/1.0/modules/dcterms', 'dcterms'],
  // Any other module of RSS 1.0 starts like RSS 1.0 itself.
  ['http://purl.org/rss/1.0/modules/', 'unread'],
  ['http://purl.org/rss/1.0', 'core'],
  ['http://purl.org/net/rss1.1#', 'core'],
  ['http://my.netscape.com/rdf/simple/0.9', 'core'],
  ['http://my.netscape.com/publish/formats/rss-0.9', 'core'],
  ['http://channel.netscape.com/rdf/simple/0.9', 'core'],
  ['http://backend.userland.com/rss', 'core'],
  ['http://blogs.law.harvard.edu/tech/rss', 'core'],
  ['http://cyber.law.harvard.edu/rss', 'core'],
  ['http://purl.org/dc/elements/1.', 'dc'],
  ['http://purl.org/dc/terms', 'dcterms'],
  ['http://prismstandard.org/namespaces', 'prism'],
  ['http://www.prismstandard.org/namespaces', 'prism'],
  ['http://arxiv.org/schemas/atom', 'arxiv'],
  ['http://www.w3.org/1999/02/22-rdf-syntax-ns', 'rdf'],
  ['http://www.w3.org/1999/xhtml', 'xhtml'],
];

interface Scope {
  readonly depth: number;
  readonly uris: ReadonlyMap<string, string>;
  readonly keys: Map<string, string>;
}

/** Names of elements, told apart by namespace (Namespaces in XML 1.0) whatever their prefix. */
export interface FeedNames {
  /** Call for each element before its key is asked; `depth` is 1 for the root. */
  open(depth: number, attributes: Readonly<Record<string, string>>): void;
  close(depth: number): void;
  /**
   * `title` for RSS and Atom alike, `dc:creator` for Dublin Core, lower case; empty for what we do not read. A prefix
   * that is not declared means what it usually means; the default namespace of the root is the feed's own, whatever it is.
   */
  key(rawName: string): string;
}

export function createFeedNames(): FeedNames {
  let scopes: Scope[] = [{ depth: 0, uris: new Map(), keys: new Map() }];
  let rootUri: string | undefined;
  const current = (): Scope => scopes.at(-1) ?? { depth: 0, uris: new Map(), keys: new Map() };

  return {
    open(depth, attributes) {
      let uris: Map<string, string> | undefined;
      for (const name in attributes) {
        if (!name.startsWith('xmlns') || (name.length > 5 && name[5] !== ':')) continue;
        uris ??= new Map(current().uris);
        uris.set(name.slice(6), attributes[name] ?? '');
      }
      if (depth === 1) rootUri = uris?.get('');
      if (uris) scopes.push({ depth, uris, keys: new Map() });
    },
    close(depth) {
      if (current().depth === depth) scopes = scopes.slice(0, -1);
    },
    key(rawName) {
      const { keys, uris } = current();
      const known = keys.get(rawName);
      if (known !== undefined) return known;
      const key = keyOf(rawName, uris, rootUri);
      // A document can hold any number of names; those we know are few.
      if (keys.size < 200) keys.set(rawName, key);
      return key;
    },
  };
}

function keyOf(rawName: string, uris: ReadonlyMap<string, string>, rootUri: string | undefined): string {
  const colon = rawName.indexOf(':');
  const prefix = rawName.slice(0, Math.max(colon, 0));
  const local = rawName.slice(colon + 1).toLowerCase();
  const uri = uris.get(prefix)?.trim();
  const family =
    uri === undefined
      ? usualPrefixes.get(prefix.toLowerCase())
      : uri === '' || (prefix === '' && uri === rootUri?.trim())
        ? 'core'
        : namespaces.find(([start]) => uri.toLowerCase().startsWith(start))?.[1];
  if (family === undefined || family === 'unread') return '';
  return family === 'core' ? local : `${family}:${local}`;
}
