import { asError, RenderError } from '../../errors.ts';
import { isRightToLeft } from '../text.ts';
import type { MailView } from './mail-view.ts';
import { compileMjml } from './mjml.ts';

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
 * MJML becomes HTML, by `mjml`, and that HTML is the Handlebars template. Both libraries are loaded here and not
 * with this file: MJML alone takes a second. Throws RenderError for invalid MJML or Handlebars.
 */
export async function compileTemplates(
  templates: MailTemplates,
  mjml: (source: string) => Promise<string> = compileMjml,
): Promise<CompiledTemplates> {
  const html = await mjml(templates.mjml);
  return {
    html: await compileHandlebars('HTML template', html, templates.partials, false),
    text: await compileHandlebars('text template', templates.text, templates.partials, true),
  };
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
  own.registerHelper('direction', (text: string) => new own.SafeString(directionAttributes(text)));
  const template = own.compile<MailView>(source, {
    strict: true,
    noEscape: isPlainText,
    knownHelpers: { direction: true },
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

/**
 * What an element says of its text: nothing, or that it reads from right to left. Said with attributes that the Word
 * engine of Outlook knows; `dir="auto"` is not one of them.
 */
function directionAttributes(text: string): string {
  return isRightToLeft(text) ? ' dir="rtl" align="right"' : '';
}
