import type { Validators } from '../domain/listing.ts';
import { SourceError } from '../errors.ts';

/** The headers that ask for the body only when it has changed (RFC 9110 sections 13.1.2 and 13.1.3); none without validators. */
export function conditions(validators: Validators | undefined): Record<string, string> {
  return {
    ...(validators?.etag === undefined ? {} : { 'if-none-match': validators.etag }),
    ...(validators?.lastModified === undefined ? {} : { 'if-modified-since': validators.lastModified }),
  };
}

/** Where a `Location` leads from an address, absolute. Throws `SourceError` when it is no address. */
export function redirectTarget(location: string, from: URL): string {
  if (!URL.canParse(location, from)) {
    throw new SourceError(
      'status',
      `Expected a redirect from ${from.href} to an address; got "${location}". Check the address of the source.`,
    );
  }
  return new URL(location, from).href;
}
