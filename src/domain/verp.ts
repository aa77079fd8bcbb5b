/*
 * Variable envelope return paths: the envelope sender of a mail names its delivery, so that a bounce tells whom it
 * is about whatever its text says. Sub-addressing (RFC 5233): `bounces@example.org` with the token `k2` is
 * `bounces+k2@example.org`.
 */

/**
 * The envelope sender for a delivery: the token after a `+` in the local part of `base`. The token has
 * to survive servers that change the case of letters, so it is of `a-z`, `0-9` and `-`; throws when it is not.
 */
export function verpAddress(token: string, base: string): string {
  if (!/^[a-z0-9-]+$/.test(token)) {
    throw new RangeError(`expected a token of a-z, 0-9 and "-", got ${JSON.stringify(token)}`);
  }
  const at = base.lastIndexOf('@');
  return `${base.slice(0, at)}+${token}${base.slice(at)}`;
}

/** The token in an address that `verpAddress` made of `base`, in any case of letters; undefined for other addresses. */
export function verpToken(address: string, base: string): string | undefined {
  const lower = address.trim().toLowerCase();
  const at = base.lastIndexOf('@');
  const start = `${base.slice(0, at)}+`.toLowerCase();
  const end = base.slice(at).toLowerCase();
  if (!lower.startsWith(start) || !lower.endsWith(end)) return undefined;
  const token = lower.slice(start.length, lower.length - end.length);
  return /^[a-z0-9-]+$/.test(token) ? token : undefined;
}
