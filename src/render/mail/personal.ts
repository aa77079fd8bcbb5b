import { RenderError } from '../../errors.ts';
import { escapeHtml } from '../text.ts';
import { outsideLine, webLink } from './outside-text.ts';
import type { SlotValues } from './slots.ts';
import { wrapText } from './wrap.ts';

export interface MailReader {
  readonly name?: string;
  readonly unsubscribeUrl: string;
  /** This edition on the web. */
  readonly webUrl: string;
  readonly feedUrl: string;
  /** Why the reader gets this mail, a sentence or two. */
  readonly reason: string;
}

/** What stands in the slots for one reader, in HTML (escaped) and in the text. */
export function personalValues(reader: MailReader): { readonly html: SlotValues; readonly text: SlotValues } {
  const name = outsideLine(reader.name ?? '', 60);
  const reason = outsideLine(reader.reason, 300);
  const webUrl = address('webUrl', reader.webUrl);
  const feedUrl = address('feedUrl', reader.feedUrl);
  const unsubscribeUrl = address('unsubscribeUrl', reader.unsubscribeUrl);
  return {
    html: {
      forName: name === '' ? '' : ` · for\u00A0${escapeHtml(name)}`,
      reason: escapeHtml(reason),
      webUrl: escapeHtml(webUrl),
      feedUrl: escapeHtml(feedUrl),
      unsubscribeUrl: escapeHtml(unsubscribeUrl),
    },
    text: {
      forName: name === '' ? '' : `For ${name}\n`,
      reason: wrapText(reason).trim(),
      webUrl,
      feedUrl,
      unsubscribeUrl,
    },
  };
}

function address(field: keyof MailReader, url: string): string {
  const link = webLink(url);
  if (link === undefined) {
    throw new RenderError(field, 'expected an absolute http(s) address of at most 500 characters');
  }
  return link;
}
