import { Resolver } from 'node:dns/promises';
import { asError } from '../../errors.ts';

/** What DNS says. Records that are not there are an empty list; `unanswered` is a server that did not say. */
export type Answer<Record> = readonly Record[] | { readonly unanswered: string };

export interface Lookup {
  /** TXT records, each with its strings joined (RFC 7208 section 3.3). */
  txt(name: string): Promise<Answer<string>>;
  mx(name: string): Promise<Answer<{ readonly exchange: string; readonly priority: number }>>;
  /** A and AAAA records. */
  addresses(name: string): Promise<Answer<string>>;
  /** Names of an address. */
  names(address: string): Promise<Answer<string>>;
}

/** A lookup with the resolver of this machine, or with these servers; each question waits ten seconds at most. */
export function createLookup(signal: AbortSignal, servers?: readonly string[]): Lookup {
  const resolver = new Resolver({ timeout: 2500, tries: 2 });
  if (servers) resolver.setServers(servers);
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  return {
    txt: (name) => asked(async () => (await resolver.resolveTxt(name)).map((parts) => parts.join(''))),
    mx: (name) => asked(() => resolver.resolveMx(name)),
    names: (address) => asked(() => resolver.reverse(address)),
    async addresses(name) {
      const both = await Promise.all([
        asked(() => resolver.resolve4(name)),
        asked(() => resolver.resolve6(name)),
      ]);
      const found = both.flatMap((answer) => ('unanswered' in answer ? [] : answer));
      const [first, second] = both;
      if (found.length === 0 && 'unanswered' in first) return first;
      return found.length === 0 && 'unanswered' in second ? second : found;
    },
  };

  async function asked<Record>(ask: () => Promise<readonly Record[]>): Promise<Answer<Record>> {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      const code: unknown = Reflect.get(asError(error), 'code');
      if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
      return { unanswered: typeof code === 'string' ? code : asError(error).message };
    }
  }
}

/** `k=v; k=v` as DKIM and DMARC records have it (RFC 6376 section 3.2). */
export function tagsOf(record: string): ReadonlyMap<string, string> {
  return new Map(
    record.split(';').flatMap((part): [string, string][] => {
      const equals = part.indexOf('=');
      return equals < 0 ? [] : [[part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim()]];
    }),
  );
}
