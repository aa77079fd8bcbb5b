import type { ShownEdition } from '../../domain/edition-span.ts';
import type { Site } from '../../domain/site.ts';
import type { WishEffect } from '../../domain/wish.ts';
import { fitPlan, type MailPlan } from './fit.ts';
import { segmentView } from './mail-view.ts';
import { personalValues, type MailReader, type PersonalValues } from './personal.ts';
import { filled, slotted, type SlottedBody } from './slots.ts';
import { compileTemplates, type MailTemplates } from './templates.ts';
import { wrapText } from './wrap.ts';

export type { MailReader } from './personal.ts';
export type { MailTemplates } from './templates.ts';

export interface DigestMail {
  /**
   * The mail to all readers of these topics (all of the digest's when undefined) whose wishes have the same effect:
   * rendered once and fitted, so that no reader's HTML is larger than 90 kB. The same arguments give the same bytes.
   */
  segment(edition: ShownEdition, site: Site, topics?: readonly string[], effect?: WishEffect): SegmentMail;
}

export interface SegmentMail {
  readonly subject: string;
  readonly preheader: string;
  /** Picks that the mail names, at least by title; 0 when nothing was picked for these topics or outside. */
  readonly shown: number;
  /** The bodies, for who encodes what all readers share once. */
  readonly html: SlottedBody;
  readonly text: SlottedBody;
  /** What stands in the slots for a reader; throws RenderError when an address is not a sound http(s) one. */
  values(reader: MailReader): PersonalValues;
  /** Fills in what is personal, in microseconds; throws RenderError when an address is not a sound http(s) one. */
  personalise(reader: MailReader): { readonly html: string; readonly text: string };
}

/**
 * Gmail hides what comes after about 102 kB of HTML, and with it the unsubscribe link: no mail of ours
 * is larger than 90 kB. The personal values are bounded and, escaped, need less than what is kept for them.
 */
const maxHtmlBytes = 90_000;
const personalBytes = 16_000;

/**
 * Compiles the templates, once for the life of the process. Takes a second or two, nearly all of it for
 * loading MJML, unless `mjml` knows its result from before. Throws RenderError for templates that are not valid; when they name a field that a
 * mail does not have, `segment` throws it.
 */
export async function compileDigestMail(
  templates: MailTemplates,
  mjml?: (source: string) => Promise<string>,
): Promise<DigestMail> {
  const render = await compileTemplates(templates, mjml);
  return {
    segment(edition, site, topics, effect) {
      const segment = segmentView(edition, site, topics, effect);
      const htmlBytes = (plan: MailPlan) => Buffer.byteLength(render.html(segment.planned(plan)));
      const view = segment.planned(fitPlan(segment.full, htmlBytes, maxHtmlBytes - personalBytes));
      const html = slotted(render.html(view));
      const text = slotted(wrapText(render.text(view)));
      return {
        subject: view.subject,
        preheader: view.preheader,
        shown: view.shown,
        html,
        text,
        values: personalValues,
        personalise(reader) {
          const values = personalValues(reader);
          return { html: filled(html, values.html), text: filled(text, values.text) };
        },
      };
    },
  };
}
