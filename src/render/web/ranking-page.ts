import type { Site } from '../../domain/site.ts';
import { siteFeeds } from './feed-links.ts';
import { rankingPath } from './links.ts';
import { line } from './prose.ts';
import type { WebPage } from './templates.ts';

/** How papers are ordered, for readers: the formula with its constants, and what it does not know. */
export function rankingPage(site: Site): WebPage {
  return {
    path: rankingPath,
    template: 'ranking',
    title: 'How ranking works',
    description: `How ${line(site.title)} orders papers, with the whole formula.`,
    feeds: siteFeeds(site),
    isListed: true,
    view: { siteTitle: line(site.title) },
  };
}
