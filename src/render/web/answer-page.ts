import type { Site } from '../../domain/site.ts';
import { pageHref } from './links.ts';
import { subscribePath } from './subscribe-page.ts';
import type { WebPage } from './templates.ts';

/** A short page: what happened, or one question with one button. */
export interface Answer {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Something to be looked at before the button is used, such as an address. */
  readonly quote?: string;
  /** The button posts to the page's own address. */
  readonly button?: string;
  readonly isDangerous?: boolean;
  /** Words of a link to the sign-up page, shown where there is one. */
  readonly joinAgain?: string;
}

/** The page of an answer; search engines may not list it. */
export function answerPage(site: Site, answer: Answer): WebPage {
  const { title, paragraphs, quote, button, isDangerous = false, joinAgain } = answer;
  return {
    path: 'answer/',
    template: 'answer',
    title,
    description: title,
    feeds: [],
    isListed: false,
    view: {
      title,
      paragraphs,
      quote,
      button,
      isDangerous,
      joinAgain,
      joinHref:
        joinAgain !== undefined && site.hasSignUp === true ? pageHref(site, subscribePath) : undefined,
      homeHref: pageHref(site, ''),
      contact: site.contact,
    },
  };
}

/** For a link that was not made here or was cut off. */
export function unknownLink(site: Site): Answer {
  return {
    title: 'This link does not work',
    paragraphs: [
      'Nothing was changed. The link may have been cut off on its way: please use the one in the mail you got' +
        `${site.contact === undefined ? '' : `, or write to ${site.contact}`}.`,
    ],
  };
}
