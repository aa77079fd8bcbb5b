import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { arxivApiPage } from '../../src/sources/arxiv-api-page.ts';
import { arxivAuthorLine } from '../../src/sources/arxiv-author-line.ts';
import { arxivListing } from '../../src/sources/arxiv-listing.ts';
import { arxivMailListing } from '../../src/sources/arxiv-mail-text.ts';
import { arxivOaiPage } from '../../src/sources/arxiv-oai-page.ts';
import { bibtexPapers } from '../../src/sources/bibtex.ts';
import { biorxivAuthors } from '../../src/sources/biorxiv-text.ts';
import { readFeed } from '../../src/sources/feed.ts';
import { dailyPapersItem } from '../../src/sources/hf-items.ts';
import { jsonAnswer } from '../../src/sources/json-answer.ts';
import { paperObject } from '../../src/sources/paper-objects.ts';
import { fixture } from '../fuzz/documents.ts';

/* What the mutations of test/fuzz found, each as small as it can be. */

const from = 'https://example.org/answer';

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof SourceError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  return 'read';
}

describe('documents nested so deep that a reader has no stack left', () => {
  it('are refused as XML', () => {
    const deep = `${'<a>'.repeat(12_000)}${'</a>'.repeat(12_000)}`;
    const xml = new TextDecoder().decode(fixture('arxiv-oai.xml')).replace('</OAI-PMH>', `${deep}</OAI-PMH>`);
    expect(refusalOf(() => arxivOaiPage(xml, from))).toMatch(/^malformed: .*nested over 256 deep/);
  });

  it('are refused as JSON', () => {
    const json = `[${'['.repeat(12_000)}${']'.repeat(12_000)}]`;
    expect(refusalOf(() => jsonAnswer(Buffer.from(json), 'papers', from))).toMatch(
      /^malformed: .*nested over 256 deep/,
    );
    const shallow = `${'['.repeat(256)}${']'.repeat(256)}`;
    expect(refusalOf(() => jsonAnswer(Buffer.from(shallow), 'papers', from))).toBe('read');
  });
});

describe('a mail of arXiv', () => {
  it.each(['-000001-01-01', 'Fri, 17 Mar 275760 00:00:00 GMT'])(
    'of the impossible day %s is refused',
    (date) => {
      const mail = new TextDecoder().decode(fixture('arxiv-mail.txt')).replace(/^Date: .*$/m, `Date:${date}`);
      expect(refusalOf(() => arxivMailListing(mail, 'mail', from, 0))).toMatch(
        /^malformed: Expected the date of the mail/,
      );
    },
  );
});

describe('texts that are long and the same all over', () => {
  const long = 60_000;

  it('take no time that grows with the square of their length', () => {
    const mail = new TextDecoder().decode(fixture('arxiv-mail.txt'));
    const start = process.cpuUsage();
    arxivMailListing(mail.replace(/^(Date: .*)\(\d+kb/m, `$1${' '.repeat(long)}x (1kb`), 'mail', from, 0);
    const authors = arxivAuthorLine(`Ada Invented (1) ((1) Here${','.repeat(long)} there)`);
    expect(authors).toMatchObject([{ name: 'Ada Invented' }]);
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
  });
});

describe('a record of arXiv', () => {
  it.each(['v0', `v${'9'.repeat(20)}`])('never has the version %s', (version) => {
    const xml = new TextDecoder()
      .decode(fixture('arxiv-oai.xml'))
      .replaceAll(/version="v\d+"/g, `version="${version}"`);
    const { items } = arxivOaiPage(xml, from);
    expect(items.filter((item) => 'paper' in item)).not.toHaveLength(0);
    for (const item of items) expect(item).not.toHaveProperty('paper.version');
  });
});

describe('BibTeX', () => {
  const entry = '@article{ada, title = {Quiet Stars}, author = {Ada Invented}}\n';

  it('is read without its abbreviations when one of them cannot be read', async () => {
    const items = await bibtexPapers(`@string{x = "\u0000"}\n${entry}`);
    expect(items).toMatchObject([{ sourceKey: 'ada', paper: { title: 'Quiet Stars' } }]);
  });

  it('entries that are far too long are dropped with that reason, and the others are read', async () => {
    const long = `@article{long, title = {T}, abstract = {${'<'.repeat(50_000)}}}\n`;
    const items = await bibtexPapers(`${entry}${long}${entry.replace('ada', 'bo')}`);
    expect(items).toMatchObject([
      { key: 'long', reason: expect.stringContaining('at most 25000 words and signs') },
      { sourceKey: 'ada' },
      { sourceKey: 'bo' },
    ]);
  });

  it('a word of many thousand letters and digits is far too long', { timeout: 10_000 }, async () => {
    for (const word of ['1e999'.repeat(20_000), 'null'.repeat(25_000)]) {
      const long = `@article{long, title = {${word}}}\n`;
      expect(await bibtexPapers(`${long}${entry}`)).toMatchObject([{ key: 'long' }, { sourceKey: 'ada' }]);
    }
  });

  it('a hundred thousand spaces in a row are as one', { timeout: 10_000 }, async () => {
    const spaced = entry.replace(' = {', ` = {${'\r'.repeat(100_000)}`);
    expect(spaced).not.toBe(entry);
    expect(await bibtexPapers(spaced)).toMatchObject([{ sourceKey: 'ada' }]);
  });

  it('entries of three thousand authors are no such entries', async () => {
    const names = Array.from({ length: 3_303 }, (_, index) => `Invented${index}, Ada M.`);
    const [item] = await bibtexPapers(`@article{all, title = {T}, author = {${names.join(' and ')}}}`);
    expect(item).toMatchObject({ paper: { authors: { length: 3_303 } } });
  });

  it('entries without a key are known by the id of their paper', async () => {
    const [item] = await bibtexPapers('@article{, title = {Quiet Stars}, eprint = {2601.01234}}');
    expect(item).toMatchObject({ sourceKey: 'arxiv:2601.01234' });
  });
});

describe('papers as objects', () => {
  it('are known by their paper where the ids they name are empty', () => {
    const item = paperObject({ id: '', title: 'Quiet Stars', abstract: 'We count.' }, 1);
    expect(item).toMatchObject({ sourceKey: expect.stringMatching(/^url:[0-9a-f]{32}$/) });
  });

  it.each(['2601.01234v0', `2601.01234v${'9'.repeat(400)}`])('never have the version of %s', (id) => {
    const item = paperObject({ id, title: 'Quiet Stars', abstract: 'We count.' }, 1);
    expect(item).not.toHaveProperty('paper.version');
  });

  it('may have half a character in their title', () => {
    const item = paperObject({ title: 'Quiet \ud800 Stars', abstract: 'We count.' }, 1);
    expect(item).toMatchObject({ kind: 'new' });
  });
});

describe('other ends of time and text', () => {
  it('make no list day of an answer of arXiv that has none', () => {
    const xml = new TextDecoder().decode(fixture('arxiv-api.xml'));
    const { answeredAt } = arxivApiPage(xml.replace(/<updated>.*?</, '<updated>0000-01-01T00:00:00Z<'), from);
    expect(answeredAt).toBeUndefined();
  });

  it('make no list day of a feed of arXiv that has none', () => {
    const xml = new TextDecoder().decode(fixture('arxiv-rss.xml'));
    for (const date of ['0000-01-01T00:00:00Z', 'Fri, 17 Mar 275760 00:00:00 GMT']) {
      const dated = xml.replaceAll(/<pubDate>.*?</g, `<pubDate>${date}<`);
      expect(refusalOf(() => arxivListing(dated, 'arxiv', from, 0))).toMatch(/^malformed: Expected the date/);
    }
  });

  it('never cut a character of a long abstract in half', async () => {
    const json = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      items: [
        { id: '1', url: 'https://papers.example.org/1', title: 'T', content_text: `x${'😀'.repeat(50_000)}` },
      ],
    });
    const { items } = await readFeed({ body: Buffer.from(json), address: from }, 0);
    const abstracts = items.map((item) => ('reason' in item ? '' : item.paper.abstract));
    expect(abstracts).toEqual([expect.stringMatching(/^x(?:😀)+…$/u)]);
  });
});

describe('bioRxiv', () => {
  it('may leave out the name before the initials', () => {
    expect(biorxivAuthors(', A. B.; Invented, C.')).toEqual([{ name: ', A. B.' }, { name: 'C. Invented' }]);
  });
});

describe('Daily Papers', () => {
  it('may have half a character in an id', () => {
    const item = dailyPapersItem({ paper: { id: 'a\ud800', title: 'T', summary: 'S' } }, 0);
    expect(item).toMatchObject({
      paper: { links: { discussion: expect.stringContaining('papers/a%EF%BF%BD') } },
    });
  });

  it.each(['2601.01234v0', `2601.01234v${'9'.repeat(400)}`])('never have the version of %s', (id) => {
    expect(dailyPapersItem({ paper: { id, title: 'T', summary: 'S' } }, 0)).not.toHaveProperty(
      'paper.version',
    );
  });
});
