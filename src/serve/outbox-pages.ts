import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { ParsedMail } from 'mailparser';
import type { Site } from '../domain/site.ts';
import { pageHref } from '../render/web/links.ts';
import { counted, timeView } from '../render/web/prose.ts';
import type { Pages } from '../render/web/templates.ts';

/** The list shows that many mails, the newest ones. */
const maxListed = 200;

/** The outbox page may frame this site's own answers, which is where the body of a mail is shown. */
const mailPagePolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/** A mail's HTML is somebody else's: no script, nothing loaded, its own styles, no access to this site. */
const mailBodyPolicy =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/**
 * The mails of an outbox folder for the operator's eyes, below `outbox/` of the site: the list, one mail with
 * its HTML and text, and the file itself. Only `.eml` files that stand in the folder are found, by their name.
 *
 * Mails hold addresses and links that act for their readers: mount it only where the operator alone can look.
 */
export function outboxPages(parts: {
  readonly dir: string;
  readonly pages: Pages;
  readonly site: Site;
}): Hono {
  const { dir, pages, site } = parts;
  const base = pageHref(site, 'outbox/');
  const app = new Hono();

  app.use(`${base}*`, async (context, next) => {
    await next();
    context.res.headers.set('Cache-Control', 'no-store');
    context.res.headers.set('X-Robots-Tag', 'noindex');
  });

  app.get(base, async (context) => {
    const files = await newestFirst(dir);
    const view = {
      count: counted(files.length, 'mail'),
      isCut: files.length > maxListed,
      maxListed,
      mails: await Promise.all(files.slice(0, maxListed).map((file) => listedMail(dir, file, base))),
    };
    return context.html(
      pages.html(site, {
        path: 'outbox/',
        template: 'outbox',
        title: 'Outbox',
        description: 'Mails written to files instead of being sent.',
        feeds: [],
        isListed: false,
        view,
      }),
    );
  });

  app.get(`${base}:file/`, async (context) => {
    const mail = await readMail(dir, context.req.param('file'));
    if (!mail) return context.notFound();
    const parsed = await parse(mail.raw);
    const href = `${base}${encodeURIComponent(mail.file)}`;
    const view = {
      ...summary(parsed),
      from: parsed.from?.text ?? '',
      listHref: base,
      bodyHref: parsed.html ? `${href}/body` : undefined,
      rawHref: `${href}/raw`,
      text: parsed.text ?? '',
      headers: headerText(mail.raw),
      size: `${(mail.raw.byteLength / 1024).toFixed(1)} KB`,
    };
    const html = pages.html(site, {
      path: `outbox/${encodeURIComponent(mail.file)}/`,
      template: 'outbox-mail',
      title: view.subject,
      description: 'A mail written to a file instead of being sent.',
      feeds: [],
      isListed: false,
      view,
    });
    return context.html(html, 200, { 'Content-Security-Policy': mailPagePolicy });
  });

  app.get(`${base}:file/body`, async (context) => {
    const mail = await readMail(dir, context.req.param('file'));
    const parsed = mail && (await parse(mail.raw));
    if (!parsed?.html) return context.notFound();
    return context.html(parsed.html, 200, { 'Content-Security-Policy': mailBodyPolicy });
  });

  app.get(`${base}:file/raw`, async (context) => {
    const mail = await readMail(dir, context.req.param('file'));
    if (!mail) return context.notFound();
    return context.body(new Uint8Array(mail.raw), 200, {
      'Content-Type': 'message/rfc822',
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(mail.file)}`,
    });
  });

  return app;
}

async function mailFiles(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.eml') && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
}

async function newestFirst(dir: string): Promise<readonly string[]> {
  const files = await mailFiles(dir);
  const dated = await Promise.all(
    files.map(async (file) => ({ file, at: (await stat(join(dir, file))).mtimeMs })),
  );
  return dated.toSorted((a, b) => b.at - a.at || (a.file < b.file ? -1 : 1)).map(({ file }) => file);
}

/** The mail of that name if the folder lists it; a name made of anything else finds nothing. */
async function readMail(
  dir: string,
  name: string | undefined,
): Promise<{ file: string; raw: Buffer } | undefined> {
  const file = (await mailFiles(dir)).find((listed) => listed === name);
  return file === undefined ? undefined : { file, raw: await readFile(join(dir, file)) };
}

async function listedMail(dir: string, file: string, base: string): Promise<object> {
  const raw = await readFile(join(dir, file));
  const headers = await parse(Buffer.from(`${headerText(raw)}\r\n\r\n`));
  return { ...summary(headers), href: `${base}${encodeURIComponent(file)}/` };
}

async function parse(raw: Buffer): Promise<ParsedMail> {
  const { simpleParser } = await import('mailparser');
  return simpleParser(raw, { skipTextToHtml: true });
}

interface MailSummary {
  readonly subject: string;
  readonly to: string;
  readonly date: { readonly text: string; readonly iso: string } | undefined;
}

function summary(mail: ParsedMail): MailSummary {
  const to = [mail.to ?? []].flat().map((address) => address.text);
  // A mail without the header is given the time of parsing.
  const date = mail.headers.has('date') ? mail.date : undefined;
  return {
    subject: mail.subject === undefined || mail.subject === '' ? '(no subject)' : mail.subject,
    to: to.join(', '),
    date: date && timeView(date.getTime(), 'UTC'),
  };
}

/** Everything before the first empty line (RFC 5322, section 2.1). */
function headerText(raw: Buffer): string {
  const text = raw.toString('utf8');
  const end = /\r?\n\r?\n/.exec(text);
  return end ? text.slice(0, end.index) : text;
}
