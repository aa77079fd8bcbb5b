import { asError, RenderError } from '../../errors.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { compileMjml } from './mjml.ts';
import { noticeWords, type NoticeMailKind, type NoticeWords } from './notice-words.ts';
import { outsideLine, webLink } from './outside-text.ts';
import { wrapText } from './wrap.ts';

/** The sources of its templates: MJML and text, both with Handlebars expressions. */
export interface NoticeTemplates {
  readonly mjml: string;
  readonly text: string;
}

export interface WrittenNotice {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

type NoticeSite = Pick<Site, 'title' | 'language' | 'baseUrl' | 'postalAddress' | 'contact'>;

export interface NoticeMail {
  /** The mail of a notice; `path` is where its button leads, below the site. Throws RenderError for an unsound address. */
  readonly write: (
    site: NoticeSite,
    notice: {
      readonly kind: NoticeMailKind;
      readonly path: string;
      readonly digestNames: readonly string[];
    },
  ) => WrittenNotice;
  /** The same with words of the caller's. */
  readonly writeWords: (site: NoticeSite, words: NoticeWords, path: string) => WrittenNotice;
}

/** Compiles the templates, once. Throws RenderError for templates that are not valid. */
export async function compileNoticeMail(
  templates: NoticeTemplates,
  mjml: (source: string) => Promise<string> = compileMjml,
): Promise<NoticeMail> {
  const { default: handlebars } = await import('handlebars');
  const options = { strict: true, knownHelpersOnly: true };
  const html = handlebars.create().compile<object>(await mjml(templates.mjml), options);
  const text = handlebars.create().compile<object>(templates.text, { ...options, noEscape: true });
  const writeWords: NoticeMail['writeWords'] = (site, words, path) => {
    const siteTitle = outsideLine(site.title, 120);
    const url = webLink(siteUrl(site, path));
    if (url === undefined) throw new RenderError('url', 'expected an absolute http(s) address');
    const view = {
      ...words,
      siteTitle,
      language: site.language,
      preheader: words.paragraphs[0] ?? '',
      url,
      footer: [siteTitle, site.postalAddress, site.contact]
        .flatMap((part) => (part === undefined ? [] : outsideLine(part, 200)))
        .join(' · '),
    };
    try {
      return { subject: words.subject, html: html(view), text: wrapText(text(view)) };
    } catch (thrown) {
      const error = asError(thrown);
      throw new RenderError('notice', error.message, { cause: error });
    }
  };
  return {
    write(site, { kind, path, digestNames }) {
      const names = digestNames.map((name) => outsideLine(name, 120));
      return writeWords(site, noticeWords(kind, outsideLine(site.title, 120), names), path);
    },
    writeWords,
  };
}
