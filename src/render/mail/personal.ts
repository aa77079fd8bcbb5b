import { RenderError } from '../../errors.ts';
import { escapeHtml } from '../text.ts';
import { outsideLine, webLink } from './outside-text.ts';
import type { SlotValues } from './slots.ts';
import { wrapText } from './wrap.ts';

export interface MailReader {
  readonly name?: string;
  readonly unsubscribeUrl: string;
  /** The page on which the reader chooses; left out for who has none. */
  readonly preferencesUrl?: string;
  /** This edition on the web. */
  readonly webUrl: string;
  readonly feedUrl: string;
  /** Why the reader gets this mail, a sentence or two. */
  readonly reason: string;
}

/** What stands in the slots for one reader, in HTML (escaped) and in the text. */
export interface PersonalValues {
  readonly html: SlotValues;
  readonly text: SlotValues;
}

/** Makes them, each bounded; throws RenderError when an address is not a sound http(s) one. */
export function personalValues(reader: MailReader): PersonalValues {
  const name = outsideLine(reader.name ?? '', 60);
  const reason = outsideLine(reader.reason, 300);
  const webUrl = address('webUrl', reader.webUrl);
  const feedUrl = address('feedUrl', reader.feedUrl);
  const unsubscribeUrl = address('unsubscribeUrl', reader.unsubscribeUrl);
  const preferencesUrl =
    reader.preferencesUrl === undefined ? undefined : address('preferencesUrl', reader.preferencesUrl);
  return {
    html: {
      forName: name === '' ? '' : ` · for\u00A0${escapeHtml(name)}`,
      reason: escapeHtml(reason),
      webUrl: escapeHtml(webUrl),
      feedUrl: escapeHtml(feedUrl),
      unsubscribeUrl: escapeHtml(unsubscribeUrl),
      preferences:
        preferencesUrl === undefined
          ? ''
          : ` · <a href="${escapeHtml(preferencesUrl)}" style="color:#1d4f82">Topics, time, pause</a>`,
    },
    text: {
      forName: name === '' ? '' : `For ${name}\n`,
      reason: wrapText(reason).trim(),
      webUrl,
      feedUrl,
      unsubscribeUrl,
      preferences: preferencesUrl === undefined ? '' : `\n\nTopics, time, pause:\n${preferencesUrl}`,
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
