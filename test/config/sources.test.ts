import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig, type Config, type Environment } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const allTypes =
  'hf-daily-papers, hf-paper-search, arxiv-feed, arxiv-listing, arxiv-api, arxiv-oai, arxiv-mail, biorxiv, medrxiv, feed, file';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-config-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A whole configuration in `folder`, with one source in line 2 and signals in line 3. */
function configWith(source: string, signals = '', environment: Environment = {}): Config {
  const text = `site: { title: Small, description: A small paper., url: "https://papers.example.org/" }
sources: [{ name: one, ${source} }]
signals: [${signals}]
topics: { cells: { name: Cells, categories: [cell biology, HIV/AIDS, cs.CL] } }
digests: [{ key: daily, name: Daily, description: Every day., schedule: "0 7 * * *" }]
`;
  return parseConfig(text, join(folder, 'broadsheet.yaml'), environment);
}

function faultsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  }
  return [];
}

describe('a source', () => {
  it.each([
    [
      'type: hf-paper-search, queries: [tool  use]',
      { baseUrl: 'https://huggingface.co', queries: ['tool use'], limit: 50, maxAgeDays: 30 },
    ],
    [
      'type: arxiv-listing, categories: [cs.CL]',
      { baseUrl: 'https://arxiv.org', categories: ['cs.CL'], catchUpDays: 3 },
    ],
    [
      'type: arxiv-api, categories: [cs]',
      { baseUrl: 'https://export.arxiv.org', categories: ['cs'], maxResults: 1000 },
    ],
    [
      'type: arxiv-oai, categories: [astro-ph.GA]',
      { baseUrl: 'https://oaipmh.arxiv.org', categories: ['astro-ph.GA'], format: 'arXivRaw', days: 4 },
    ],
    ['type: biorxiv', { baseUrl: 'https://api.biorxiv.org' }],
    ['type: medrxiv, baseUrl: "http://127.0.0.1:8000/copy/"', { baseUrl: 'http://127.0.0.1:8000/copy' }],
    [
      'type: feed, url: "https://example.org/feed/?format=rss"',
      { url: 'https://example.org/feed/?format=rss' },
    ],
  ])('of %s has its defaults', (source, expected) => {
    const [, type] = /^type: ([\w-]+)/.exec(source) ?? [];
    expect(configWith(source).sources).toEqual([{ name: 'one', type, ...expected }]);
  });

  it('of mails has paths that start from the folder of the file', () => {
    expect(configWith('type: arxiv-mail, paths: [mails/a.txt, /srv/b.txt]').sources).toEqual([
      { name: 'one', type: 'arxiv-mail', paths: [join(folder, 'mails/a.txt'), '/srv/b.txt'] },
    ]);
  });

  it.each([
    ['type: arxiv', `2:30 sources.0.type: expected one of ${allTypes}, got "arxiv"`],
    [
      'type: hf-paper-search, queries: []',
      '2:56 sources.0.queries: expected at least one search such as tool use, got an empty list',
    ],
    [
      'type: hf-paper-search, queries: [x], limit: 101',
      '2:68 sources.0.limit: expected a whole number of papers from 1 to 100, got the number 101',
    ],
    [
      'type: arxiv-api, categories: [cell biology]',
      '2:54 sources.0.categories.0: expected an arXiv category such as cs.CL, got "cell biology"',
    ],
    [
      'type: arxiv-api, categories: [cs.CL], maxResults: 30001',
      '2:74 sources.0.maxResults: expected a whole number of papers from 1 to 30000, got the number 30001',
    ],
    [
      'type: arxiv-oai, categories: [cs.CL], format: arxivraw',
      '2:70 sources.0.format: expected one of arXivRaw, arXiv, got "arxivraw"',
    ],
    [
      'type: arxiv-oai, categories: [cs.CL], days: 0',
      '2:68 sources.0.days: expected a whole number of days from 1 to 30, got the number 0',
    ],
    [
      'type: arxiv-listing',
      '2:11 sources.0.categories: missing; add it: a list of arXiv categories such as [cs.CL, cs.LG]',
    ],
    [
      'type: arxiv-listing, categories: [cs.CL], catchUpDays: 91',
      '2:79 sources.0.catchUpDays: expected a whole number of days from 0 to 90, got the number 91',
    ],
    [
      'type: arxiv-mail, paths: []',
      '2:49 sources.0.paths: expected at least one path such as mails/*.txt, got an empty list',
    ],
    ['type: biorxiv, server: medrxiv', '2:39 sources.0.server: unknown key; known here: name, type, baseUrl'],
    [
      'type: feed, url: "https://me:hunter2@example.org/feed"',
      '2:41 sources.0.url: expected an absolute http or https address without user and fragment, such as https://papers.example.org/feed.xml, got "https://…@example.org/feed"',
    ],
    [
      'type: feed, baseUrl: "https://example.org"',
      [
        '2:11 sources.0.url: missing; add it: an absolute http or https address without user and fragment, such as https://papers.example.org/feed.xml',
        '2:36 sources.0.baseUrl: unknown key; known here: name, type, url',
      ],
    ],
  ])('of %s has the fault %j', (source, expected) => {
    expect(faultsOf(() => configWith(source))).toEqual([expected].flat());
  });
});

describe('a signal source', () => {
  const source = 'type: biorxiv';

  it('has its defaults, and needs no secret', () => {
    const { signals } = configWith(
      source,
      '{ name: s2, type: semantic-scholar }, { name: gh, type: github, days: 30 }',
    );
    expect(signals).toEqual([
      { name: 's2', type: 'semantic-scholar', baseUrl: 'https://api.semanticscholar.org', days: 7 },
      { name: 'gh', type: 'github', baseUrl: 'https://api.github.com', days: 30 },
    ]);
  });

  it('has its secret from the environment or from the first line of a file beside the configuration', async () => {
    await writeFile(join(folder, 'token'), 'a-token\r\nmore\n');
    const { signals } = configWith(
      source,
      '{ name: gh, type: github, tokenFile: token }, { name: s2, type: semantic-scholar, apiKeyEnv: S2 }',
      { S2: 'a-key' },
    );
    expect(signals.map(({ name, secret }) => [name, secret])).toEqual([
      ['gh', 'a-token'],
      ['s2', 'a-key'],
    ]);
  });

  it.each([
    [
      '{ name: x, type: citations }',
      '3:28 signals.0.type: expected one of semantic-scholar, github, got "citations"',
    ],
    [
      '{ name: one, type: github }',
      '3:19 signals.0.name: expected a name of its own, got "one", which sources.0 has; choose another',
    ],
    [
      '{ name: x, type: github, days: 91 }',
      '3:42 signals.0.days: expected a whole number of days from 1 to 90, got the number 91',
    ],
    [
      '{ name: x, type: github, token: hunter2 }',
      '3:36 signals.0.token: a secret never stands in this file; name an environment variable with tokenEnv or a file with tokenFile',
    ],
    [
      '{ name: x, type: semantic-scholar, api_key: hunter2 }',
      '3:46 signals.0.api_key: a secret never stands in this file; name an environment variable with apiKeyEnv or a file with apiKeyFile',
    ],
    [
      '{ name: x, type: github, tokenEnv: hunter-2 }',
      '3:46 signals.0.tokenEnv: expected the name of an environment variable such as GITHUB_TOKEN, got something else',
    ],
    [
      '{ name: x, type: github, tokenEnv: NOT_SET }',
      '3:46 signals.0.tokenEnv: expected the environment variable NOT_SET to hold the token, got nothing; set it',
    ],
    [
      '{ name: x, type: semantic-scholar, apiKeyFile: none }',
      '3:58 signals.0.apiKeyFile: expected a readable file, got ENOENT: no such file or directory; create none or name another',
    ],
    [
      '{ name: x, type: semantic-scholar, apiKeyFile: empty }',
      '3:58 signals.0.apiKeyFile: expected the API key on the first line of empty, got nothing; write it there',
    ],
    [
      '{ name: x, type: github, tokenEnv: SPACED }',
      '3:46 signals.0.tokenEnv: expected the environment variable SPACED to hold the token in ASCII letters, digits and signs, got a space or something else; write it again',
    ],
    [
      '{ name: x, type: github, tokenEnv: TOKEN, tokenFile: empty }',
      '3:53 signals.0.tokenFile: expected tokenEnv or tokenFile, got both; remove one',
    ],
  ])('of %s has the fault %j, and no secret is told', async (signal, expected) => {
    await writeFile(join(folder, 'empty'), '\n');
    const environment = { TOKEN: 'hunter2', SPACED: 'hunter 2' };
    const faults = faultsOf(() => configWith(source, signal, environment));
    expect(faults).toEqual([expected]);
    expect(faults.join()).not.toContain('hunter');
  });
});

describe('a category of a topic', () => {
  it('is in the words of any source, with spaces', () => {
    expect(configWith('type: biorxiv').topics).toMatchObject([
      { categories: ['cell biology', 'HIV/AIDS', 'cs.CL'] },
    ]);
  });
});
