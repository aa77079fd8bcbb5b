import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { keptMjml } from './deliver/kept-mjml.ts';
import { packageFolder } from './program-files.ts';
import { compileDigestMail, type DigestMail } from './render/mail/digest-mail.ts';
import { compileNoticeMail, type NoticeMail } from './render/mail/notice-mail.ts';

const templatesDir = new URL('templates/', packageFolder);

/** Where what MJML made of the templates is kept. */
export function compiledDir(dataDir: string): string {
  return join(dataDir, 'compiled');
}

/** The compiled templates of digests; `dir` keeps what MJML made of them. */
export async function openDigestMail(dir: string): Promise<DigestMail> {
  const { mjml, text } = await mailTemplates('digest');
  const partials = Object.fromEntries(
    Object.entries(await readTemplates('mail/partials/')).map(([file, partial]) => [
      file.slice(0, -extname(file).length),
      partial,
    ]),
  );
  return compileDigestMail({ mjml, text, partials }, (source) => keptMjml(source, dir));
}

/** The compiled templates of mails about subscriptions; `dir` as above. */
export async function openNoticeMail(dir: string): Promise<NoticeMail> {
  return compileNoticeMail(await mailTemplates('notice'), (source) => keptMjml(source, dir));
}

async function mailTemplates(name: string): Promise<{ readonly mjml: string; readonly text: string }> {
  const sources = await readTemplates('mail/');
  return { mjml: sources[`${name}.mjml`] ?? '', text: sources[`${name}.txt.hbs`] ?? '' };
}

/** The files of a template folder by name. */
export async function readTemplates(folder: string): Promise<Readonly<Record<string, string>>> {
  const directory = new URL(folder, templatesDir);
  const files = await readdir(directory, { withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map(async (file) => [file.name, await readFile(new URL(file.name, directory), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}
