import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { MailReader } from '../../../src/render/mail/personal.ts';
import type { NoticeTemplates } from '../../../src/render/mail/notice-mail.ts';
import type { MailTemplates } from '../../../src/render/mail/templates.ts';

const folder = join(import.meta.dirname, '../../../templates/mail');

/** The templates that the project ships. */
export function shippedTemplates(): MailTemplates {
  const partials = readdirSync(join(folder, 'partials')).map((name) => [
    basename(name, '.hbs'),
    readFileSync(join(folder, 'partials', name), 'utf8'),
  ]);
  return {
    mjml: readFileSync(join(folder, 'digest.mjml'), 'utf8'),
    text: readFileSync(join(folder, 'digest.txt.hbs'), 'utf8'),
    partials: Object.fromEntries(partials),
  };
}

export function noticeTemplates(): NoticeTemplates {
  return {
    mjml: readFileSync(join(folder, 'notice.mjml'), 'utf8'),
    text: readFileSync(join(folder, 'notice.txt.hbs'), 'utf8'),
  };
}

export const sampleReader: MailReader = {
  name: 'Anna Reader',
  unsubscribeUrl: 'https://papers.example.org/daily/u/token?a=1&b=2',
  webUrl: 'https://papers.example.org/daily/editions/daily/2026-11-24/',
  feedUrl: 'https://papers.example.org/daily/feeds/agents.xml',
  reason: 'You get this because anna@example.net subscribed to Daily papers on 3 March 2026.',
};
