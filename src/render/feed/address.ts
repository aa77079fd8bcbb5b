/**
 * An absolute http(s) address as a URI in ASCII (RFC 3986): what URL leaves as it is but a URI cannot hold is
 * percent-encoded. Undefined for everything else, also for addresses with a user name or password.
 */
export function httpAddress(value: string): string | undefined {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return undefined;
  const { href, origin, username, password } = new URL(value);
  if (username !== '' || password !== '') return undefined;
  return (
    origin + href.slice(origin.length).replace(/[[\]{}|\\^`"<>]|%(?![0-9a-fA-F]{2})/g, encodeURIComponent)
  );
}
