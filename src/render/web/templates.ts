import Handlebars from 'handlebars';
import { siteUrl, type PublishedDocument, type Site } from '../../domain/site.ts';
import { RenderError, asError } from '../../errors.ts';
import { basisOf } from '../basis.ts';
import { searchPath } from '../search-address.ts';
import { siteFeeds, type FeedLink } from './feed-links.ts';
import {
  archivePath,
  feedsPath,
  latestPaths,
  pageHref,
  rankingPath,
  topicPath,
  topicsPath,
} from './links.ts';
import { pictureSize, sitePicture } from './picture.ts';
import { line } from './prose.ts';

/** One page before it is put into the layout. */
export interface WebPage {
  /** Below the site's root: `archive/` for a folder's page, `404.html` for a file. */
  readonly path: string;
  /** The name of its template, without `.hbs`. */
  readonly template: string;
  readonly title: string;
  readonly description: string;
  /** The page's own feeds, best first; the site's feeds follow them. */
  readonly feeds: readonly FeedLink[];
  /** Whether search engines may list it. */
  readonly isListed: boolean;
  /** Where the same content has its lasting address, when that is not `path`. */
  readonly canonicalPath?: string;
  /** The tab it belongs to, when it is not the tab's own page. */
  readonly tab?: string;
  /** Path of the picture that stands for it where it is shared; the site's own when left out. */
  readonly picture?: string;
  /** What the picture says, for those who do not see it. */
  readonly pictureText?: string;
  readonly view: object;
}

/** The compiled templates of the web pages. */
export interface Pages {
  /** The whole page as HTML. Throws RenderError naming the template when the view lacks something it shows. */
  html(site: Site, page: WebPage): string;
  readonly styleSheet: string;
  readonly icon: string;
  /** Names the templates and the program that fills them: with another name pages may come out otherwise. */
  readonly name: string;
}

/**
 * Compiles the page templates once.
 *
 * `sources` maps file names to texts: a `.hbs` file for each page, `layout.hbs` around all of them, partials
 * (every `.hbs` file can be used as one), `style.css` and `icon.svg`. Throws RenderError naming a file that
 * is missing or broken. `program` names the code that makes the views.
 */
export function compilePages(sources: Readonly<Record<string, string>>, program = ''): Pages {
  const environment = Handlebars.create();
  const templates = new Map<string, HandlebarsTemplateDelegate>();
  for (const [file, source] of Object.entries(sources)) {
    if (!file.endsWith('.hbs')) continue;
    const name = file.slice(0, -'.hbs'.length);
    const template = compile(environment, file, source);
    templates.set(name, template);
    environment.registerPartial(name, template);
  }

  function fill(name: string, view: object): string {
    const template = templates.get(name);
    if (!template) throw new RenderError(`${name}.hbs`, 'expected a template of this name, none was given');
    try {
      return template(view);
    } catch (thrown) {
      const error = asError(thrown);
      throw new RenderError(`${name}.hbs`, error.message, { cause: error });
    }
  }

  return {
    html: (site, page) => fill('layout', { ...frame(site, page), body: fill(page.template, page.view) }),
    styleSheet: required(sources, 'style.css'),
    icon: required(sources, 'icon.svg'),
    name: basisOf(program, sources),
  };
}

function compile(environment: typeof Handlebars, file: string, source: string): HandlebarsTemplateDelegate {
  const options = { strict: true, knownHelpersOnly: true, preventIndent: true };
  try {
    environment.precompile(source, options);
    return environment.compile(source, options);
  } catch (thrown) {
    const error = asError(thrown);
    throw new RenderError(file, error.message, { cause: error });
  }
}

function required(sources: Readonly<Record<string, string>>, file: string): string {
  const source = sources[file];
  if (source === undefined)
    throw new RenderError(file, 'expected this file among the templates, it is missing');
  return source;
}

function frame(site: Site, page: WebPage): object {
  const isHome = page.path === '';
  const own = new Set(page.feeds.map((feed) => feed.url));
  return {
    language: site.language,
    siteTitle: line(site.title),
    siteDescription: line(site.description),
    title: isHome ? line(site.title) : `${page.title} · ${line(site.title)}`,
    description: page.description,
    template: page.template,
    hasScript: page.template === 'subscribe',
    canonical: page.isListed ? siteUrl(site, page.canonicalPath ?? page.path) : undefined,
    shareTitle: isHome ? line(site.title) : page.title,
    shareType: isHome ? 'website' : 'article',
    picture: {
      url: siteUrl(site, page.picture ?? sitePicture),
      text: page.pictureText ?? line(site.title),
      ...pictureSize,
    },
    isHidden: site.isSample || !page.isListed,
    isSample: site.isSample,
    isHome,
    feeds: [...page.feeds, ...siteFeeds(site).filter((feed) => !own.has(feed.url))],
    styleHref: pageHref(site, 'style.css'),
    iconHref: pageHref(site, 'icon.svg'),
    homeHref: pageHref(site, ''),
    rankingHref: pageHref(site, rankingPath),
    // The search page has a larger box of its own.
    searchHref:
      site.hasSearch === true && page.template !== 'search' ? pageHref(site, searchPath) : undefined,
    navigation: [
      { name: 'Today', path: '' },
      { name: 'Week', path: latestPaths.week },
      { name: 'Month', path: latestPaths.month },
      { name: 'Trending', path: latestPaths.trending },
      { name: 'Topics', path: topicsPath },
      { name: 'Archive', path: archivePath },
      { name: 'Feeds', path: feedsPath },
      ...(site.hasSignUp === true ? [{ name: 'By mail', path: 'subscribe/' }] : []),
      ...(site.hasOutbox === true ? [{ name: 'Outbox', path: 'outbox/' }] : []),
    ].map(({ name, path }) => ({
      name,
      href: pageHref(site, path),
      current: path === page.path ? 'page' : path === page.tab ? 'true' : undefined,
    })),
    topics: site.topics.map((topic) => ({
      name: line(topic.name),
      href: pageHref(site, topicPath(topic.key)),
      isCurrent: page.path === topicPath(topic.key),
    })),
    contact: site.contact,
  };
}

/** A page that is made when its body is asked for, as the file that a web server gives for its path. */
export function pageDocument(
  pages: Pages,
  site: Site,
  path: string,
  basis: string,
  page: () => WebPage,
): PublishedDocument {
  return {
    path: path === '' || path.endsWith('/') ? `${path}index.html` : path,
    contentType: 'text/html; charset=utf-8',
    basis,
    get body() {
      return pages.html(site, page());
    },
  };
}
