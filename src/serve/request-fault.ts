/** What is wrong with a request, whatever it asks for. */
export interface RequestFault {
  readonly status: 400 | 414;
  readonly title: string;
  readonly text: string;
}

/** 8,000 should be possible (RFC 9110 section 4.1); with that many a search for 10,000 letters is too. */
const mostCharacters = 12_000;

/** A fault of the address of a request, given as an absolute URL; undefined when it has none. */
export function requestFault(url: string): RequestFault | undefined {
  const path = url.slice(url.indexOf('/', url.indexOf('//') + 2));
  if (path.length > mostCharacters) {
    const text = `An address may have ${mostCharacters} characters here.`;
    return { status: 414, title: 'The address is too long', text };
  }
  const query = path.indexOf('?');
  if (query < 0 || isEncoded(path.slice(query + 1))) return undefined;
  const text = 'What stands after the question mark is no percent-encoded UTF-8.';
  return { status: 400, title: 'The address is malformed', text };
}

/** RFC 3986 section 2.1, of UTF-8. */
function isEncoded(query: string): boolean {
  try {
    decodeURIComponent(query);
    return true;
  } catch {
    return false;
  }
}
