import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exampleConfig, loadConfig, parseConfig, type Config } from '../../src/config/config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ConfigError } from '../../src/errors.ts';

const smallest = `
site: { title: Small, description: A small paper., url: "https://papers.example.org/daily" }
sources: [{ name: hf, type: hf-daily-papers }]
topics: { llm: { name: Language models, include: [llm] } }
digests: [{ key: daily, name: Daily, description: Every day., schedule: "0 7 * * *" }]
`;

function faultsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

/** The faults of the smallest configuration with this added. */
const faultsWith = (text: string, environment = {}) =>
  faultsOf(() => parseConfig(`${smallest}${text}`, 'broadsheet.yaml', environment));

const withSchedule = (schedule: string) =>
  faultsOf(() => parseConfig(smallest.replace('0 7 * * *', schedule), 'broadsheet.yaml', {}));

const withZone = (zone: string) =>
  faultsOf(() =>
    parseConfig(smallest.replace('schedule:', `zone: "${zone}", schedule:`), 'broadsheet.yaml', {}),
  );

const withUrl = (url: string) =>
  faultsOf(() =>
    parseConfig(smallest.replace('https://papers.example.org/daily', url), 'broadsheet.yaml', {}),
  );

const smtpMail = (keys: string) =>
  `mail:\n  transport: smtp\n  from: The Paper <paper@example.org>\n  smtp: { host: smtp.example.org, user: paper, ${keys} }\n`;

const loginOf = (config: Config) => (config.mail.transport === 'smtp' ? config.mail.smtp.login : undefined);

describe('the smallest configuration', () => {
  it('has every default', () => {
    expect(parseConfig(smallest, '/etc/broadsheet/broadsheet.yaml', {})).toEqual({
      file: '/etc/broadsheet/broadsheet.yaml',
      site: {
        title: 'Small',
        description: 'A small paper.',
        baseUrl: 'https://papers.example.org/daily/',
        language: 'en',
      },
      dataDir: '/etc/broadsheet/data',
      sources: [{ name: 'hf', type: 'hf-daily-papers', baseUrl: 'https://huggingface.co' }],
      signals: [],
      http: { timeoutMs: 30_000, maxBytes: 20_000_000 },
      topics: [
        { key: 'llm', name: 'Language models', include: ['llm'], exclude: [], categories: [], keywords: [] },
      ],
      follows: [],
      digests: [
        {
          key: 'daily',
          name: 'Daily',
          description: 'Every day.',
          schedule: '0 7 * * *',
          zone: 'Etc/UTC',
          topics: ['llm'],
          picksPerTopic: 2,
          picksOutside: 2,
          alsoNew: 12,
          windowDays: 7,
          mode: 'final',
          waitMinutes: 60,
          maxLatenessHours: 6,
        },
      ],
      ranking: { authorHistory: true },
      mail: { transport: 'outbox', from: { name: 'Small', address: 'broadsheet@papers.example.org' } },
      subscribersDir: '/etc/broadsheet/subscribers',
      signUp: {
        open: true,
        perAddressADay: 3,
        perClientAnHour: 20,
        totalAnHour: 500,
        workBits: 0,
        blockedDomains: [],
      },
      serve: {
        host: '127.0.0.1',
        port: 8080,
        requestsPerMinute: 300,
        trustedProxies: ['127.0.0.0/8', '::1'],
      },
      moved: [],
      alarms: {
        sourceHours: 36,
        lateMinutes: 60,
        waitingMinutes: 180,
        bouncesPercent: 5,
        refusalsPercent: 10,
        complaintsPercent: 0.3,
        leastMails: 50,
        freeDiskPercent: 5,
        freeDiskMegabytes: 1000,
        lastingMinutes: 10,
      },
      logLevel: 'info',
    } satisfies Config);
  });

  it('is frozen all the way down', () => {
    const config = parseConfig(smallest, 'broadsheet.yaml', {});
    const open: string[] = [];
    const visit = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) open.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    visit(config, 'config');
    expect(open).toEqual([]);
  });

  it('starts relative paths from the folder of the file', () => {
    const text = `${smallest}data: ../var\nsubscribers: /srv/readers\n`.replace(
      '{ name: hf, type: hf-daily-papers }',
      '{ name: mine, type: file, paths: [papers/*.bib, /srv/papers.jsonl] }',
    );
    const config = parseConfig(text, '/etc/broadsheet/broadsheet.yaml', {});
    expect(config.dataDir).toBe('/etc/var');
    expect(config.subscribersDir).toBe('/srv/readers');
    expect(config.sources).toEqual([
      { name: 'mine', type: 'file', paths: ['/etc/broadsheet/papers/*.bib', '/srv/papers.jsonl'] },
    ]);
  });
});

describe('the example configuration', () => {
  it('is the configuration of a first start, without a fault', async () => {
    const config = parseConfig(await exampleConfig(), 'broadsheet.yaml', {});
    expect(config.sources).toEqual([
      { name: 'hf-daily-papers', type: 'hf-daily-papers', baseUrl: 'https://huggingface.co' },
      {
        name: 'arxiv',
        type: 'arxiv-feed',
        baseUrl: 'https://rss.arxiv.org',
        categories: ['cs.CL', 'cs.LG', 'cs.CV', 'cs.AI'],
        format: 'rss',
      },
    ]);
    expect(config.topics.map(({ key }) => key)).toEqual([
      'llm',
      'reasoning-rl',
      'agents',
      'multimodal',
      'generation',
      'robotics',
      'efficiency',
      'safety',
      'audio',
      'retrieval',
    ]);
    expect(config.digests).toMatchObject([{ key: 'daily', schedule: '30 2 * * 2-6', zone: 'Etc/UTC' }]);
    expect(config.digests[0]?.topics).toEqual(config.topics.map(({ key }) => key));
    expect(config.mail).toEqual({
      transport: 'outbox',
      from: { name: 'Broadsheet', address: 'broadsheet@localhost.invalid' },
    });
    expect(config.dataDir).toBe(resolve('data'));
  });

  it('shows in its commented keys what holds without them', async () => {
    const text = await exampleConfig();
    const values = [
      ['language', 'en'],
      ['data', 'data'],
      ['baseUrl', 'https://huggingface.co'],
      ['baseUrl', 'https://rss.arxiv.org'],
      ['format', 'rss'],
      ['limit', '50'],
      ['maxAgeDays', '30'],
      ['baseUrl', 'https://arxiv.org'],
      ['catchUpDays', '3'],
      ['baseUrl', 'https://export.arxiv.org'],
      ['maxResults', '1000'],
      ['baseUrl', 'https://oaipmh.arxiv.org'],
      ['format', 'arXivRaw'],
      ['days', '4'],
      ['baseUrl', 'https://api.biorxiv.org'],
      ['baseUrl', 'https://api.semanticscholar.org'],
      ['baseUrl', 'https://api.github.com'],
      ['days', '7'],
      ['timeoutSeconds', '30'],
      ['maxMegabytes', '20'],
      ['mode', 'final'],
      ['picksPerTopic', '2'],
      ['picksOutside', '2'],
      ['alsoNew', '12'],
      ['windowDays', '7'],
      ['maxLatenessHours', '6'],
      ['transport', 'outbox'],
      ['port', '587'],
      ['connections', '5'],
      ['subscribers', 'subscribers'],
      ['host', '127.0.0.1'],
      ['port', '8080'],
      ['log', 'info'],
    ] as const;
    for (const [key, value] of values) expect(text).toMatch(new RegExp(`^ *# +${key}: ${value}$`, 'm'));
  });

  it('is without a fault too when every commented key is taken in', async () => {
    const uncommented = (await exampleConfig()).replace(
      /^( *)# ((?: {2})*(?:- )?[a-zA-Z]+:(?: \S.*)?)$/gm,
      '$1$2',
    );
    const secrets = { SMTP_PASSWORD: 'secret', SEMANTIC_SCHOLAR_KEY: 'a-key', GITHUB_TOKEN: 'a-token' };
    const config = parseConfig(uncommented, 'broadsheet.yaml', secrets);
    const plain = parseConfig(await exampleConfig(), 'broadsheet.yaml', {});
    const { site, sources, signals, topics, digests, mail, inbound, websub, moved, follows, ...rest } =
      config;
    const { signUp, ...others } = rest;
    expect(signUp).toMatchObject({
      from: { name: 'The Morning Broadsheet', address: 'hello@example.org' },
      blockedDomains: ['throwaway.example'],
    });
    expect(inbound).toEqual({
      unsubscribe: 'unsub@example.org',
      addresses: ['fbl@example.org'],
      smtp: { host: '127.0.0.1', port: 2525, maxBytes: 5_000_000 },
      hooks: {},
    });
    expect(follows.map(({ name }) => name)).toEqual(['Ada Example', 'Example Institute']);
    expect(moved).toEqual([{ from: 't/old-name/', to: 't/new-name/' }]);
    expect(websub).toEqual({ hub: 'own', publish: true, allowHosts: ['reader.internal'] });
    expect(others).toEqual({
      file: plain.file,
      dataDir: plain.dataDir,
      http: plain.http,
      ranking: plain.ranking,
      subscribersDir: plain.subscribersDir,
      templatesDir: resolve('templates'),
      serve: plain.serve,
      alarms: { ...plain.alarms, mail: 'operator@example.org' },
      logLevel: plain.logLevel,
    });
    expect(site.contact).toBe('editor@example.org');
    expect(topics[0]).toMatchObject({
      categories: ['cs.CL'],
      keywords: ['large language models'],
      query: '(tokeni* OR "byte level") NOT survey cat:cs.*',
      seeds: ['2510.01234', resolve('seeds/reading.bib')],
    });
    expect(topics.slice(1, 10)).toEqual(plain.topics.slice(1));
    expect(topics.slice(10).map(({ key }) => key)).toEqual(['vision', '3d', 'code', 'science-health']);
    expect(sources.map(({ type }) => type)).toEqual([
      'hf-daily-papers',
      'arxiv-feed',
      'hf-paper-search',
      'arxiv-listing',
      'arxiv-api',
      'arxiv-oai',
      'arxiv-mail',
      'biorxiv',
      'feed',
      'file',
    ]);
    expect(signals.map(({ type, secret }) => [type, secret])).toEqual([
      ['semantic-scholar', 'a-key'],
      ['github', 'a-token'],
    ]);
    expect(digests).toEqual(plain.digests.map((digest) => ({ ...digest, topics: ['agents', 'llm'] })));
    expect(mail).toMatchObject({
      transport: 'outbox',
      from: { name: 'Broadsheet', address: 'paper@example.org' },
    });
    const withSmtp = uncommented.replace('transport: outbox', 'transport: smtp');
    const smtp = parseConfig(withSmtp, 'broadsheet.yaml', secrets);
    expect(smtp.mail).toMatchObject({
      smtp: {
        host: 'smtp.example.org',
        port: 587,
        secure: false,
        login: { user: 'paper@example.org', password: 'secret' },
        connections: 5,
      },
    });
  });

  it('names every key there is', async () => {
    const text = await exampleConfig();
    const keys = new Set<string>();
    JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), (key, value: unknown) => {
      if (key === 'properties' && typeof value === 'object' && value !== null) {
        for (const name of Object.keys(value)) keys.add(name);
      }
      return value;
    });
    expect(keys.size).toBeGreaterThan(40);
    for (const key of keys) expect(text).toMatch(new RegExp(`^[ #-]*${key}:`, 'm'));
  });
});

describe('the faults of a configuration', () => {
  it('are all told at once, each with its place, what was expected, what came and what to do', async () => {
    const path = 'test/fixtures/config/faults.yaml';
    const faults = faultsOf(() => parseConfig(readFileSync(path, 'utf8'), 'broadsheet.yaml', {}));
    await expect(`${faults.join('\n')}\n`).toMatchFileSnapshot('../golden/config-faults.txt');
    expect(faults.join('\n')).not.toContain('hunter2');
  });

  it.each([
    ['', '1:1 expected a configuration, got nothing; write one with "broadsheet init"'],
    ['# only a comment\n', '1:1 expected a configuration, got nothing; write one with "broadsheet init"'],
    ['site: "open\n', '2:1 this is not valid YAML 1.2: Missing closing "quote'],
    ['site:\n\ttitle: x\n', '2:1 this is not valid YAML 1.2: Tabs are not allowed as indentation'],
    [
      'site: *nowhere\n',
      '1:1 this is not valid YAML 1.2: Unresolved alias (the anchor must be set before the alias): nowhere',
    ],
    [
      'site: !!python/object x\n',
      '1:7 this is not valid YAML 1.2: Unresolved tag: tag:yaml.org,2002:python/object',
    ],
    ['just text', '1:1 expected a block of keys and values, got "just text"'],
    ['- a\n- b\n', '1:1 expected a block of keys and values, got a list'],
  ])('of %j are %s', (text, fault) => {
    expect(faultsOf(() => parseConfig(text, 'broadsheet.yaml', {}))).toEqual([`broadsheet.yaml:${fault}`]);
  });

  it.each([
    // what is added from line 6 on, the fault
    [
      'foo: 1',
      '6:1 foo: unknown key; known here: site, data, sources, signals, http, topics, topicSets, follows, digests, ranking, mail, subscribers, templates, signUp, serve, inbound, websub, moved, alarms, log',
    ],
    ['logg: info', '6:1 logg: unknown key; did you mean "log"?'],
    ['Serve: { port: 1 }', '6:1 Serve: unknown key; did you mean "serve"?'],
    ['http:', '6:6 http: expected a block of keys and values, got nothing; write a value or remove the key'],
    [
      'http: { timeoutSeconds: "30" }',
      '6:25 http.timeoutSeconds: expected a whole number of seconds from 1 to 600, got "30"; remove the quotes',
    ],
    [
      'http:\n  timeoutSeconds: 601',
      '7:19 http.timeoutSeconds: expected a whole number of seconds from 1 to 600, got the number 601',
    ],
    ['serve: { port: -1 }', '6:16 serve.port: expected a port number from 0 to 65535, got the number -1'],
    [
      'serve: { trustedProxies: [10.0.0.0/33] }',
      '6:27 serve.trustedProxies.0: expected an address or network such as 10.1.2.3, 10.0.0.0/8 or fd00::/8, got "10.0.0.0/33"',
    ],
    [
      'moved: [{ from: /old.xml, to: new.xml }]',
      '6:17 moved.0.from: expected a path below the site without a slash in front, such as feeds/old.xml or t/old-name/, got "/old.xml"',
    ],
    [
      'moved: [{ from: t/../x, to: new.xml }]',
      '6:17 moved.0.from: expected a path below the site without a slash in front, such as feeds/old.xml or t/old-name/, got "t/../x"',
    ],
    [
      'moved: [{ from: t/old/, to: new.xml }]',
      '6:9 moved.0: expected two documents (from: feeds/old.xml, to: feeds/new.xml) or two folders (from: t/old/, to: t/new/), got a block of keys and values',
    ],
    ['log: yes', '6:6 log: expected one of silent, error, warn, info, debug, got "yes"'],
    ['log: true', '6:6 log: expected one of silent, error, warn, info, debug, got the value true'],
    [
      'mail: { from: Paper }',
      '6:15 mail.from: expected a mail address such as paper@example.org or "The Paper <paper@example.org>", got "Paper"',
    ],
    ['data: ""', '6:7 data: expected the path of a file or folder, got ""'],
    [
      'mail: { transport: smtp }',
      [
        '6:1 mail.from: missing; the transport smtp needs it: the sender, such as "The Paper <paper@example.org>"',
        '6:1 mail.smtp: missing; the transport smtp needs it: a block with at least host',
      ],
    ],
    ['log: info\nlog: warn', '7:1 the key "log" stands twice in one block; remove one'],
  ])('of %j are %j', (text, faults) => {
    expect(faultsWith(text)).toEqual([faults].flat().map((fault) => `broadsheet.yaml:${fault}`));
  });

  it('are told at the alias that repeats what is wrong', () => {
    const text = smallest.replace(
      '{ name: hf, type: hf-daily-papers }',
      '&a { name: hf, type: hf-daily-papers }, *a',
    );
    expect(faultsOf(() => parseConfig(text, 'broadsheet.yaml', {}))).toEqual([
      'broadsheet.yaml:3:51 sources.1.name: expected a name of its own, got "hf", which sources.0 has; choose another',
    ]);
  });

  it('are a ConfigError for any text, and never another error', () => {
    const words = fc.constantFrom(
      'site',
      'topics',
      'digests',
      'mail',
      'smtp',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '"',
      '#',
      '!!x ',
      'null',
      '7',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 3 })), { maxLength: 30 }), (parts) => {
        expect(() => parseConfig(parts.join(''), 'broadsheet.yaml', {})).toThrow(ConfigError);
      }),
      { numRuns: 500 },
    );
  });

  it('stay faults when any one value of a good configuration becomes something else', async () => {
    const text = await exampleConfig();
    const strange = fc.constantFrom('{}', '[[]]', '{ a: 1 }', '-1.5');
    const lines = text
      .split('\n')
      .flatMap((line, index) => (/^ *(?:- )?[a-zA-Z]+: \S/.test(line) ? [index] : []));
    fc.assert(
      fc.property(fc.constantFrom(...lines), strange, (index, value) => {
        const changed = text.split('\n');
        changed[index] = (changed[index] ?? '').replace(/: .*$/, `: ${value}`);
        const faults = faultsOf(() => parseConfig(changed.join('\n'), 'broadsheet.yaml', {}));
        expect(faults[0]).toMatch(new RegExp(`^broadsheet\\.yaml:${index + 1}:`));
      }),
    );
  });
});

describe('a schedule', () => {
  it.each([
    '0 7 * * *',
    '30 2 * * 2-6',
    '0 7 29 2 *',
    '0 7 L * *',
    '5 23 1,15 * *',
    '0 7 * * MON-FRI',
    '0 0 * 1-6 1#1',
  ])('may be "%s"', (schedule) => {
    expect(withSchedule(schedule)).toEqual([]);
  });

  it.each([
    '',
    '0 7 * *',
    '0 7 * * * *',
    '0 0 7 * * *',
    '@daily',
    '* 7 * * *',
    '0 7,19 * * *',
    '*/5 7 * * *',
    '60 7 * * *',
    '0 24 * * *',
    '0 7 30 2 *',
    '0 7 31 4,6,9,11 *',
    '0 7 * * 8',
    '0 7 ? * *',
    '0 7 * * MOO',
  ])('may not be "%s"', (schedule) => {
    expect(withSchedule(schedule)).toEqual([
      expect.stringContaining('digests.0.schedule: expected five cron fields'),
    ]);
  });
});

describe('a zone', () => {
  it.each(['Etc/UTC', 'UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('may be %s', (zone) => {
    expect(withZone(zone)).toEqual([]);
  });

  it.each(['', 'Mars/Olympus', '+02:00', 'Europe/Berlin ', 'local'])('may not be %j', (zone) => {
    expect(withZone(zone)).toEqual([expect.stringContaining('digests.0.zone: expected an IANA time zone')]);
  });
});

describe('an address of a site or source', () => {
  it.each([
    'http://localhost:8080',
    'https://papers.example.org/',
    'http://127.0.0.1:8080/daily/',
    'https://[::1]:8443/',
  ])('may be %s', (url) => {
    expect(withUrl(url)).toEqual([]);
  });

  it.each([
    '',
    'papers.example.org',
    '/daily',
    'ftp://example.org/',
    'https://',
    'https://a b/',
    'https://u:p@example.org/',
    'https://example.org/?a=1',
    'https://example.org/#top',
    'javascript:alert(1)',
  ])('may not be %j', (url) => {
    expect(withUrl(url)).toEqual([
      expect.stringContaining('site.url: expected an absolute http or https address'),
    ]);
  });
});

describe('a password', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'broadsheet-config-'));
  });

  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it('comes from the environment', () => {
    const config = parseConfig(smallest + smtpMail('passwordEnv: PAPER_PASSWORD'), 'broadsheet.yaml', {
      PAPER_PASSWORD: ' s3cret ',
    });
    expect(loginOf(config)).toEqual({ user: 'paper', password: ' s3cret ' });
  });

  it('comes from the first line of a file beside the configuration', async () => {
    await writeFile(join(dir, 'password'), 's3cret\r\n');
    await writeFile(join(dir, 'broadsheet.yaml'), smallest + smtpMail('passwordFile: password'));
    expect(loginOf(loadConfig(join(dir, 'broadsheet.yaml'), {}))).toEqual({
      user: 'paper',
      password: 's3cret',
    });
  });

  it.each([
    [
      'passwordEnv: PAPER_PASSWORD',
      '9:61 mail.smtp.passwordEnv: expected the environment variable PAPER_PASSWORD to hold the password, got nothing; set it',
    ],
    [
      'passwordEnv: hunter-2',
      '9:61 mail.smtp.passwordEnv: expected the name of an environment variable such as SMTP_PASSWORD, got something else',
    ],
    [
      'passwordFile: none',
      '9:62 mail.smtp.passwordFile: expected a readable file, got ENOENT: no such file or directory; create none or name another',
    ],
    [
      'passwordFile: empty',
      '9:62 mail.smtp.passwordFile: expected the password on the first line of empty, got nothing; write it there',
    ],
    [
      'passwordEnv: HOME, passwordFile: empty',
      '9:67 mail.smtp.passwordFile: expected passwordEnv or passwordFile, got both; remove one',
    ],
    [
      'password: s3cret',
      [
        '9:35 mail.smtp.user: has no password; add passwordEnv or passwordFile, or remove user for a server without login',
        '9:48 mail.smtp.password: a secret never stands in this file; name an environment variable with passwordEnv or a file with passwordFile',
      ],
    ],
  ])('with %j is the fault %j', async (keys, expected) => {
    await writeFile(join(dir, 'empty'), '\n');
    await writeFile(join(dir, 'broadsheet.yaml'), smallest + smtpMail(keys));
    const faults = faultsOf(() => loadConfig(join(dir, 'broadsheet.yaml'), { HOME: '/home/paper' }));
    expect(faults.map((fault) => fault.replace(`${dir}/broadsheet.yaml:`, ''))).toEqual([expected].flat());
  });

  it('is not asked for while mails go to the outbox', () => {
    const text =
      smallest + smtpMail('passwordEnv: PAPER_PASSWORD').replace('transport: smtp', 'transport: outbox');
    expect(parseConfig(text, 'broadsheet.yaml', {}).mail).toEqual({
      transport: 'outbox',
      from: { name: 'The Paper', address: 'paper@example.org' },
    });
  });

  it('goes over TLS from the first byte on port 465, when secure is left out', () => {
    const config = parseConfig(smallest + smtpMail('port: 465, passwordEnv: P'), 'broadsheet.yaml', {
      P: 'x',
    });
    expect(config.mail).toMatchObject({ smtp: { port: 465, secure: true } });
  });
});

describe('a configuration file', () => {
  it('that is not there, or is a folder, is one fault that says what to do', async () => {
    expect(faultsOf(() => loadConfig('no/such/broadsheet.yaml', {}))).toEqual([
      'no/such/broadsheet.yaml: expected a configuration file, got ENOENT: no such file or directory; write one with "broadsheet init"',
    ]);
    expect(faultsOf(() => loadConfig('test', {}))).toEqual([
      'test: expected a configuration file, got EISDIR: illegal operation on a directory; write one with "broadsheet init"',
    ]);
  });

  it('may begin with a byte order mark', () => {
    expect(parseConfig(`\uFEFF${smallest.trim()}`, 'broadsheet.yaml', {}).site.title).toBe('Small');
  });
});
