import { RenderError } from '../../errors.ts';
import type { Site } from '../../domain/site.ts';
import type { Instant } from '../../domain/time.ts';

/**
 * A `tag:` URI (RFC 4151 section 2.1) of this installation: `tag:papers.example.org,2026:paper/arxiv:2510.01234`.
 *
 * It holds no version, date, score or address, so that it outlives all of them. Characters that a tag cannot
 * hold are percent-encoded.
 */
export function tagUri(
  site: Site,
  kind: 'paper' | 'event' | 'edition' | 'feed' | 'topics' | 'categories',
  key?: string,
): string {
  installedAt(site);
  return `tag:${site.tagAuthority}:${key === undefined ? kind : `${kind}/${tagSafe(key)}`}`;
}

/**
 * Each key has its own text, and this text is in the canonical form of URIs. A percent-encoding inside of the key and
 * letters that are not in NFC would change by that form, so they are written with `*` for `%`.
 */
function tagSafe(key: string): string {
  const whole = key.toWellFormed();
  const encoded = encodeURIComponent(whole)
    .replaceAll('*', '*2A')
    .replace(/%25(?=[0-9a-f]{2})/gi, '*25')
    .replace(/%(?:2F|3A|40|3B|3D|2B|2C|24)/g, decodeURIComponent);
  return whole === whole.normalize('NFC') ? encoded : encoded.replaceAll('%', '*');
}

/** The start of the day, month or year in the tag's authority: a constant older than all that the site publishes. */
export function installedAt(site: Site): Instant {
  const [, date = ''] =
    /^(?:[\w.-]+@)?[a-z0-9-]+(?:\.[a-z0-9-]+)*,(\d{4}(?:-\d{2}(?:-\d{2})?)?)$/.exec(site.tagAuthority) ?? [];
  const at = Date.parse(date);
  if (date === '' || Number.isNaN(at)) {
    throw new RenderError(
      'site.tagAuthority',
      `expected an authority and a date as in papers.example.org,2026, got ${JSON.stringify(site.tagAuthority)}`,
    );
  }
  return at;
}
