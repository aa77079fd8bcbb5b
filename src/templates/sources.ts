import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { templateNames } from '../config/templates-schema.ts';
import { packageFolder } from '../program-files.ts';
import type { NoticeTemplates } from '../render/mail/notice-mail.ts';
import type { MailTemplates } from '../render/mail/templates.ts';

/** Sources of templates by their path below the folder, such as `mail/digest.mjml`. */
export type TemplateSources = ReadonlyMap<string, string>;

const shippedFolder = fileURLToPath(new URL('templates/', packageFolder));

/** Ours, and those in a folder of the operator's; read once, so that what was checked is what is sent. */
export async function readTemplateSources(
  ownFolder: string | undefined,
): Promise<{ readonly shipped: TemplateSources; readonly own: TemplateSources }> {
  const [shipped, own] = await Promise.all([
    readAll(shippedFolder),
    ownFolder === undefined ? new Map<string, string>() : readAll(ownFolder),
  ]);
  return { shipped, own };
}

async function readAll(folder: string): Promise<TemplateSources> {
  const texts = templateNames(folder).map(
    async (name) => [name, await readFile(join(folder, name), 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}

/** Those of the web pages, by file name. */
export function webSources(sources: TemplateSources): Readonly<Record<string, string>> {
  return inFolder(sources, 'web/', (name) => name);
}

export function digestSources(sources: TemplateSources): MailTemplates {
  const partials = inFolder(sources, 'mail/partials/', (name) => basename(name, '.hbs'));
  return { ...mailSources(sources, 'digest'), partials };
}

export function noticeSources(sources: TemplateSources): NoticeTemplates {
  return mailSources(sources, 'notice');
}

function mailSources(sources: TemplateSources, name: string): NoticeTemplates {
  return {
    mjml: sources.get(`mail/${name}.mjml`) ?? '',
    text: sources.get(`mail/${name}.txt.hbs`) ?? '',
  };
}

function inFolder(
  sources: TemplateSources,
  folder: string,
  key: (name: string) => string,
): Readonly<Record<string, string>> {
  const inside = [...sources].filter(([name]) => name.startsWith(folder));
  return Object.fromEntries(inside.map(([name, source]) => [key(name.slice(folder.length)), source]));
}
