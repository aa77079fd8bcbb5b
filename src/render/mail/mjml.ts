import { asError, RenderError } from '../../errors.ts';

/**
 * The HTML of an MJML source, in which Handlebars expressions stand as they were. Loads MJML, which takes a second
 * and some hundred megabytes. Throws RenderError for invalid MJML.
 */
export async function compileMjml(source: string): Promise<string> {
  const { default: mjml2html } = await import('mjml');
  try {
    // By default MJML links to Google Fonts as soon as its default font occurs: a tracker in every mail.
    const { html } = await mjml2html(source, { fonts: {}, validationLevel: 'strict', keepComments: false });
    return collapseIndents(html);
  } catch (thrown) {
    const error = asError(thrown);
    throw new RenderError('mjml', `expected valid MJML, but: ${error.message}`, { cause: error });
  }
}

/** In HTML a run of white space is as good as one line feed (CSS Text 3, section 4.1); no `pre` occurs in a mail. */
function collapseIndents(html: string): string {
  return html.replace(/\s*\n\s*/g, '\n').trim();
}
