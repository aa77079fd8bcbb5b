import type { Pace } from './pace.ts';

/** arXiv's terms of use: one connection, one request in three seconds, over API, RSS, OAI and pages together. */
const arxivPace: Pace = { group: 'arxiv.org', minIntervalMs: 3000 };

/** The pace that an address at or under arxiv.org asks for; undefined for any other host, e.g. a local copy. */
export function arxivPaceFor(url: string): Pace | undefined {
  return URL.canParse(url) && /(?:^|\.)arxiv\.org$/.test(new URL(url).hostname) ? arxivPace : undefined;
}
