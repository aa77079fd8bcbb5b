import { asError, RenderError } from '../../errors.ts';
import type { MailView } from './mail-view.ts';

/** The sources of the templates, read by the caller: rendering does no I/O. */
export interface MailTemplates {
  /** MJML with Handlebars expressions in it; block tags stand in `mj-raw`. */
  readonly mjml: string;
  /** Handlebars, nothing escaped; its lines are wrapped afterwards. */
  readonly text: string;
  /** Handlebars partials by name, for both. */
  readonly partials: Readonly<Record<string, string>>;
}

export interface CompiledTemplates {
  html(view: MailView): string;
  text(view: MailView): string;
}

/**
 * MJML becomes HTML, and that HTML is the Handlebars template. Both libraries are loaded here and not
 * with this file: MJML alone takes a second. Throws RenderError for invalid MJML or Handlebars.
 */
export async function compileTemplates(templates: MailTemplates): Promise<CompiledTemplates> {
  const html = await compileMjml(templates.mjml);
  return {
    html: await compileHandlebars('HTML template', html, templates.partials, false),
    text: await compileHandlebars('text template', templates.text, templates.partials, true),
  };
}

async function compileMjml(source: string): Promise<string> {
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

async function compileHandlebars(
  field: string,
  source: string,
  partials: Readonly<Record<string, string>>,
  isPlainText: boolean,
): Promise<(view: MailView) => string> {
  const { default: handlebars } = await import('handlebars');
  const own = handlebars.create();
  const refused = (thrown: unknown) => {
    const error = asError(thrown);
    return new RenderError(field, error.message, { cause: error });
  };
  try {
    for (const [name, partial] of Object.entries(partials)) {
      own.registerPartial(name, partial);
      own.parse(partial);
    }
    own.parse(source);
  } catch (thrown) {
    throw refused(thrown);
  }
  const template = own.compile<MailView>(source, {
    strict: true,
    noEscape: isPlainText,
    knownHelpersOnly: true,
  });
  return (view) => {
    try {
      return template(view);
    } catch (thrown) {
      throw refused(thrown);
    }
  };
}
