import { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { Digest } from '../domain/digest.ts';
import type { Site } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import type { Pages } from '../render/web/templates.ts';
import type { Database } from '../store/database.ts';
import type { SignUpLimits } from '../subscribers/signup.ts';
import type { Tokens } from '../subscribers/tokens.ts';
import type { ClientReader } from './client-address.ts';

/** What the pages between a person and the list are made with. */
export interface ReaderParts {
  readonly db: Database;
  readonly tokens: Tokens;
  readonly pages: Pages;
  readonly site: Site;
  readonly digests: readonly Digest[];
  readonly limits: SignUpLimits;
  /** Whether there is a page to join. */
  readonly isOpen: boolean;
  /** Domains whose addresses cannot join. */
  readonly blockedDomains: readonly string[];
  /** Leading zero bits of the calculation that a sign-up needs; 0 for none. */
  readonly workBits: number;
  readonly clientOf: ClientReader;
  readonly now: () => Instant;
}

/** Of pages behind a token: kept by nobody, listed nowhere, and they tell nobody where one came from. */
export const privateHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
} as const;

/** Who asks, by their network address; undefined on this machine and without a socket. */
export function clientOfContext(parts: Pick<ReaderParts, 'clientOf'>, context: Context): string | undefined {
  const incoming: unknown = context.env?.incoming;
  return incoming instanceof IncomingMessage ? parts.clientOf(incoming) : undefined;
}
