import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isMissing, type Edition } from '../../../src/domain/edition.ts';
import { hourMs, utcMidnight } from '../../../src/domain/time.ts';
import type { ShownEdition } from '../../../src/domain/edition-span.ts';
import { combineEditions } from '../../../src/edition/combine.ts';
import type { MailReader } from '../../../src/render/mail/personal.ts';
import type { NoticeTemplates } from '../../../src/render/mail/notice-mail.ts';
import type { MailTemplates } from '../../../src/render/mail/templates.ts';
import { sampleEdition, samplePaper, samplePick } from '../edition-sample.ts';

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

/** Three days of a week put together, as its mail shows them: the sample edition, a day before it and a day after. */
export function sampleWeek(): ShownEdition {
  const around = ['2026-11-23', '2026-11-25'].map((editionDate, at): Edition => {
    const publishedAt = utcMidnight(editionDate) + 6 * hourMs;
    const { coverage } = sampleEdition;
    const picks = [1, 2, 3].map((rank) =>
      samplePick(
        rank,
        'agents',
        samplePaper(`01${at}0${rank}`, { title: `What Agents Did on Day ${at * 2 + 1}, Part ${rank}` }),
      ),
    );
    return {
      ...sampleEdition,
      editionDate,
      number: 11 + at * 2,
      publishedAt,
      sections: [{ topic: 'agents', name: 'Agents', picks }],
      outside: [],
      updated: [],
      alsoNew: [],
      coverage: {
        ...coverage,
        fromAt: publishedAt - 24 * hourMs,
        toAt: publishedAt,
        sources: coverage.sources.filter((source) => !isMissing(source)),
      },
    };
  });
  const days = [...around, sampleEdition].toSorted((a, b) => a.number - b.number);
  return combineEditions(days, { fromDate: '2026-11-23', toDate: '2026-11-29' });
}

/** The edition of the Monday after, with which that mail goes out. */
export const sampleMonday: Edition = {
  ...sampleEdition,
  editionDate: '2026-11-30',
  number: 14,
  publishedAt: utcMidnight('2026-11-30') + 6 * hourMs,
};
