import { generateOpml } from 'feedsmith';
import type { Digest } from '../../domain/digest.ts';
import type { Edition } from '../../domain/edition.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { cleanText } from '../text.ts';
import { installedAt } from './identity.ts';
import { feedPagePath, feedPaths, type FeedName } from './paths.ts';

/**
 * All feeds of the site that go on, as OPML 2.0 for a reader's import: every pick, what is trending, and folders of topics,
 * of authors and labs, and of digests.
 *
 * Dated by the latest edition, so that it changes only with the content.
 */
export function renderOpml(site: Site, digests: readonly Digest[], editions: readonly Edition[]): string {
  const outline = (text: string, name: FeedName) => ({
    type: 'rss',
    text: asHtml(text),
    title: asHtml(text),
    xmlUrl: siteUrl(site, feedPaths(name).rss),
    htmlUrl: siteUrl(site, feedPagePath(name)),
    language: site.language,
  });
  const topics = site.topics.map((topic) => outline(topic.name, { kind: 'topic', key: topic.key }));
  const follows = (site.follows ?? []).map(({ kind, key, name }) => outline(name, { kind, key }));
  const whole = digests.map((digest) =>
    outline(`${digest.name}, whole editions`, { kind: 'digest', key: digest.key }),
  );
  const latestAt = editions.reduce(
    (latest, edition) => Math.max(latest, edition.publishedAt),
    installedAt(site),
  );
  const opml = generateOpml({
    head: { title: asHtml(site.title), dateModified: new Date(latestAt) },
    body: {
      outlines: [
        outline(site.title, { kind: 'all' }),
        outline('Trending', { kind: 'trending' }),
        ...(topics.length > 0 ? [{ text: 'Topics', outlines: topics }] : []),
        ...(follows.length > 0 ? [{ text: 'Authors and labs', outlines: follows }] : []),
        ...(whole.length > 0 ? [{ text: 'Whole editions', outlines: whole }] : []),
      ],
    },
  });
  return opml.endsWith('\n') ? opml : `${opml}\n`;
}

/**
 * OPML 2.0 lets names hold HTML, so one that reads otherwise as HTML is escaped: `R&D`, but not `Speech & music`,
 * for most readers show names as they stand.
 */
function asHtml(name: string): string {
  const cleaned = cleanText(name);
  if (!/<|&[^\s&]/.test(cleaned)) return cleaned;
  return cleaned.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
