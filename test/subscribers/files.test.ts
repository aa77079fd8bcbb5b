import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import { exampleConfig, parseConfig } from '../../src/config/config.ts';
import { checkSubscribers, readSubscriberFiles } from '../../src/subscribers/files.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'broadsheet-subscribers-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** The readers as `file:line address …`, the faults as `file:line message`, of these files. */
async function read(files: Readonly<Record<string, string | Uint8Array>>) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  const { subscribers, faults } = await readSubscriberFiles(dir);
  const short = (text: string) => text.replaceAll(`${dir}/`, '');
  return {
    subscribers: subscribers.map(({ file, ...subscriber }) => ({ file: short(file), ...subscriber })),
    faults: faults.map(({ file, line, message }) => short(`${file}:${line} ${message}`)),
  };
}

const digest = (key: string, keys: readonly string[]): Digest => ({
  key,
  name: key,
  description: key,
  schedule: '0 7 * * *',
  zone: 'Etc/UTC',
  topics: keys,
  picksPerTopic: 3,
  picksOutside: 2,
  alsoNew: 12,
  windowDays: 7,
  mode: 'final',
  waitMinutes: 60,
  maxLatenessHours: 6,
});

describe('a YAML file', () => {
  it('gives each reader with choices, spellings and state', async () => {
    const { subscribers, faults } = await read({
      'a.yaml': [
        '# readers',
        '- address: ada@example.org',
        '- email: Bo@Example.com',
        '  name: Bø Reader',
        '  digest: daily',
        '  topics: [llm, 3d]',
        '  hour: 07:30',
        '  zone: Europe/Berlin',
        '- {address: chen@example.org, digests: [daily, weekly], state: unsubscribed}',
      ].join('\n'),
    });
    expect(faults).toEqual([]);
    expect(subscribers).toEqual([
      { file: 'a.yaml', line: 2, address: 'ada@example.org', state: 'confirmed' },
      {
        file: 'a.yaml',
        line: 3,
        address: 'Bo@Example.com',
        name: 'Bø Reader',
        digests: ['daily'],
        topics: ['llm', '3d'],
        hour: '07:30',
        zone: 'Europe/Berlin',
        state: 'confirmed',
      },
      {
        file: 'a.yaml',
        line: 9,
        address: 'chen@example.org',
        digests: ['daily', 'weekly'],
        state: 'unsubscribed',
      },
    ]);
  });

  it.each([
    ['- {}', 'a.yaml:1 address: missing; add it: a mail address such as ada@example.org'],
    ['-', 'a.yaml:1 expected a block of keys and values, got nothing; write a value or remove the key'],
    ['- ada@example.org', 'a.yaml:1 expected a block of keys and values, got "ada@example.org"'],
    [
      '- address: Ada <ada@example.org>',
      'a.yaml:1 address: expected a mail address such as ada@example.org, got "Ada <ada@example.org>"',
    ],
    [
      '- address: "ada@example.org\\r\\nBcc: eve@example.org"',
      'a.yaml:1 address: expected a mail address such as ada@example.org, got "ada@example.org\\r\\nBcc: eve@example.org"',
    ],
    [
      '- {address: ada@example.org, name: "Ada\\r\\nBcc: eve@example.org"}',
      'a.yaml:1 name: expected a name on one line, at most 200 characters, got "Ada\\r\\nBcc: eve@example.org"',
    ],
    [
      '- {address: ada@example.org, name: 7}',
      'a.yaml:1 name: expected a name on one line, at most 200 characters, got the number 7; put it in quotes',
    ],
    ['- {address: ada@example.org, topic: [llm]}', 'a.yaml:1 topic: unknown key; did you mean "topics"?'],
    [
      '- {address: ada@example.org, topics: llm}',
      'a.yaml:1 topics: expected a list of topic keys such as [llm, agents], got "llm"',
    ],
    [
      '- {address: ada@example.org, hour: "24:00"}',
      'a.yaml:1 hour: expected a time of the day such as 07:30, got "24:00"',
    ],
    [
      '- {address: ada@example.org, zone: "+02:00"}',
      'a.yaml:1 zone: expected an IANA time zone such as Europe/Berlin or Etc/UTC, got "+02:00"',
    ],
    [
      '- {address: ada@example.org, topics: []}',
      'a.yaml:1 topics: expected at least one topic key; leave topics out for all, got an empty list',
    ],
    [
      '- {address: ada@example.org, email: ada@example.org}',
      'a.yaml:1 address: given in two spellings; remove one',
    ],
    [
      'address: ada@example.org',
      'a.yaml:1 expected a list of readers, each as "- address: …", got a block of keys and values; nothing of this file was used',
    ],
    [
      '\n- address: a@example.org\n  address: b@example.org',
      'a.yaml:3 the key "address" stands twice in one block; remove one; nothing of this file was used',
    ],
    [
      '- address: "ada@example.org',
      'a.yaml:1 this is not valid YAML 1.2: Missing closing "quote; nothing of this file was used',
    ],
  ])('%j is the fault %s', async (text, fault) => {
    expect(await read({ 'a.yaml': text })).toEqual({ subscribers: [], faults: [fault] });
  });

  it('uses the rows beside a broken one', async () => {
    const { subscribers, faults } = await read({
      'a.yml': '- address: ada@example.org\n- address: nobody\n- address: chen@example.org\n',
    });
    expect(subscribers.map(({ address }) => address)).toEqual(['ada@example.org', 'chen@example.org']);
    expect(faults).toEqual([
      'a.yml:2 address: expected a mail address such as ada@example.org, got "nobody"',
    ]);
  });

  it('with comments only has no readers and no fault', async () => {
    expect(await read({ 'a.yaml': '# nobody yet\n', 'b.yaml': '' })).toEqual({ subscribers: [], faults: [] });
  });
});

describe('a CSV file', () => {
  it.each([
    ['commas', 'email,name,topics\nada@example.org,"Lovelace, Ada",llm;agents\n'],
    ['semicolons', 'email;name;topics\nada@example.org;Lovelace, Ada;llm agents\n'],
    ['quotes everywhere', '"email","name","topics"\n"ada@example.org","Lovelace, Ada","llm;agents"'],
    [
      'a byte order mark and CRLF',
      '\uFEFFEmail,Name,Topics\r\nada@example.org,"Lovelace, Ada",llm  agents\r\n\r\n',
    ],
    [
      'spaces around values',
      ' email , name , topics \n ada@example.org , "Lovelace, Ada" , " llm ; agents " \n',
    ],
    [
      'other columns, empty',
      'address,name,digests,topics,state\nada@example.org,"Lovelace, Ada",,"llm,agents",Confirmed\n',
    ],
  ])('with %s gives the reader', async (_name, text) => {
    const { subscribers, faults } = await read({ 'a.csv': text });
    expect(faults).toEqual([]);
    expect(subscribers).toEqual([
      {
        file: 'a.csv',
        line: 2,
        address: 'ada@example.org',
        name: 'Lovelace, Ada',
        topics: ['llm', 'agents'],
        state: 'confirmed',
      },
    ]);
  });

  it.each(['pending', 'Unsubscribed', 'no', ''])(
    'takes the state %j for a no, and says what was expected',
    async (state) => {
      const { subscribers, faults } = await read({
        'a.yaml': `- {address: ada@example.org, state: "${state}"}`,
      });
      expect(subscribers).toMatchObject([{ address: 'ada@example.org', state: 'unsubscribed' }]);
      expect(faults).toEqual([`a.yaml:1 state: expected one of confirmed, unsubscribed, got "${state}"`]);
    },
  );

  it('names each broken row by its line and uses the others', async () => {
    const { subscribers, faults } = await read({
      'a.csv': [
        'address,name,state',
        'ada@example.org,Ada,',
        '',
        'nobody,No Body,',
        'bo@example.com,Bo',
        'chen@example.org,Chen,,llm',
        'dee@example.org,Dee,maybe',
        'eve@example.org,"Eve',
        'Bcc: all@example.org",',
        'fay@example.org,Fay "Fox" F.,UNSUBSCRIBED',
        'gil@example.org,"Gil,',
        'hal@example.org,Hal,',
      ].join('\n'),
    });
    expect(
      subscribers.map(({ line, address, name, state }) => `${line} ${address} ${name} ${state}`),
    ).toEqual([
      '2 ada@example.org Ada confirmed',
      '7 dee@example.org undefined unsubscribed',
      '10 fay@example.org Fay "Fox" F. unsubscribed',
    ]);
    expect(faults).toEqual([
      'a.csv:4 address: expected a mail address such as ada@example.org, got "nobody"',
      'a.csv:5 expected 3 values (address, name, state), got 2; put a value with the delimiter in it in quotes',
      'a.csv:6 expected 3 values (address, name, state), got 4; put a value with the delimiter in it in quotes',
      'a.csv:7 state: expected one of confirmed, unsubscribed, got "maybe"',
      'a.csv:8 expected a row on one line, got one to line 9; a quote may not be closed',
      'a.csv:11 expected a closing quote, got the end of the file; nothing from this row on was used',
    ]);
  });

  it.each([
    [
      'address,status\nada@example.org,unsubscribed',
      'a.csv:1 unknown column "status"; did you mean "state"?; rename or remove it: nothing of this file was used',
    ],
    [
      'address,id\nada@example.org,7',
      'a.csv:1 unknown column "id"; known here: address, name, digests, topics, hour, zone, cadence, state; rename or remove it: nothing of this file was used',
    ],
    [
      'address,email\na@example.org,b@example.org',
      'a.csv:1 the column address stands twice; remove one: nothing of this file was used',
    ],
    [
      'name,topics\nAda,llm',
      'a.csv:1 expected a header row with the column address or email; add it: nothing of this file was used',
    ],
  ])('whose header is wrong is not used: %j', async (text, fault) => {
    expect(await read({ 'a.csv': text })).toEqual({ subscribers: [], faults: [fault] });
  });

  it('without a header row names the file and uses nothing', async () => {
    const { subscribers, faults } = await read({ 'a.csv': 'ada@example.org\nbo@example.com\n' });
    expect(subscribers).toEqual([]);
    expect(faults).toHaveLength(2);
  });

  it('reads back what a writer of RFC 4180 wrote, for any names', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .filter((text) => text.trim() !== '' && text.length < 100 && !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 6 }), async (names) => {
        const quoted = names.map(
          (text, index) => `reader${index}@example.org,"${text.trim().replaceAll('"', '""')}"`,
        );
        const { subscribers, faults } = await read({ 'a.csv': ['address,name', ...quoted].join('\r\n') });
        expect(faults).toEqual([]);
        expect(subscribers.map((subscriber) => subscriber.name)).toEqual(names.map((text) => text.trim()));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the same address twice', () => {
  it('is a fault that names both places, and the first row is used', async () => {
    const { subscribers, faults } = await read({
      'b.csv': 'address,topics\nADA@example.org ,agents\n',
      'a.yaml': '- address: ada@Example.org\n  topics: [llm]\n- address: ada@example.org\n',
    });
    expect(subscribers).toEqual([
      { file: 'a.yaml', line: 1, address: 'ada@Example.org', topics: ['llm'], state: 'confirmed' },
    ]);
    expect(faults).toEqual([
      'a.yaml:3 ada@example.org stands at a.yaml:1 too; the first row is used; remove one',
      'b.csv:2 ADA@example.org stands at a.yaml:1 too; the first row is used; remove one',
    ]);
  });

  it('is unsubscribed when one of the rows says so, first or later, whole or broken', async () => {
    const { subscribers, faults } = await read({
      'a.csv':
        'address,state\nada@example.org,\nada@example.org,unsubscribed\nbo@example.com,unsubscribed\nbo@example.com,confirmed\nchen@example.org,\n',
      'b.yaml': '- {address: chen@example.org, state: unsubscribed, topics: Everything!}\n',
    });
    expect(subscribers.map(({ address, state }) => `${address} ${state}`)).toEqual([
      'ada@example.org unsubscribed',
      'bo@example.com unsubscribed',
      'chen@example.org unsubscribed',
    ]);
    expect(faults).toHaveLength(4);
    expect(faults[0]).toBe('a.csv:3 ada@example.org stands at a.csv:2 too; it is unsubscribed; remove one');
  });
});

describe('a folder of subscriber files', () => {
  it('gives the readers of the good files when others are broken', async () => {
    await mkdir(join(dir, 'folder.yaml'));
    const { subscribers, faults } = await read({
      'bad.yaml': '- address: [\n',
      'good.yaml': '- address: ada@example.org\n',
      'latin.csv': Uint8Array.from([...Buffer.from('address,name\nbo@example.com,B'), 0xf8]),
      'README.md': '- address: readme@example.org\n',
      '.hidden.yaml': '- address: hidden@example.org\n',
    });
    expect(subscribers.map(({ address }) => address)).toEqual(['ada@example.org']);
    expect(faults.map((fault) => fault.split(' ', 1)[0])).toEqual([
      'bad.yaml:2',
      'folder.yaml:0',
      'latin.csv:0',
    ]);
  });

  it('that is not there is one fault', async () => {
    const { subscribers, faults } = await readSubscriberFiles(join(dir, 'none'));
    expect(subscribers).toEqual([]);
    expect(faults.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '0 expected a folder of subscriber files, got ENOENT: no such file or directory; create it, or set subscribers in the configuration',
    ]);
  });

  it('of the project holds three invented readers whom the example configuration knows', async () => {
    const { subscribers, faults } = await readSubscriberFiles('subscribers');
    const { digests, topics } = parseConfig(await exampleConfig(), 'broadsheet.yaml', {});
    const samples = subscribers.filter(({ file }) => file.endsWith('sample.yaml'));
    expect(samples).toHaveLength(3);
    expect(samples.every(({ address }) => /@example\.(?:org|com)$/.test(address))).toBe(true);
    expect(faults.filter(({ file }) => file.endsWith('sample.yaml'))).toEqual([]);
    expect(checkSubscribers(samples, digests, topics)).toEqual([]);
  });
});

describe('a choice that the configuration does not know', () => {
  const topics = ['llm', 'agents', 'vision'].map((key) => ({
    key,
    name: key,
    include: [key],
    exclude: [],
    categories: [],
    keywords: [],
  }));
  const digests = [digest('daily', ['llm', 'agents']), digest('weekly', ['vision'])];

  it.each([
    [{}, []],
    [{ topics: ['llm', 'vision'] }, []],
    [{ digests: ['daily'], topics: ['llm'] }, []],
    [
      { digests: ['dayly'] },
      ['digests: expected a digest of the configuration, got "dayly"; did you mean "daily"?'],
    ],
    [
      { topics: ['robots'] },
      ['topics: expected a topic of the configuration, got "robots"; known here: llm, agents, vision'],
    ],
    [
      { digests: ['daily'], topics: ['llm', 'vision'] },
      ['topics: "vision" is a topic of none of daily; remove it'],
    ],
  ])('%j has the faults %j', (choice, messages) => {
    const subscriber = {
      file: 'a.yaml',
      line: 4,
      address: 'ada@example.org',
      state: 'confirmed' as const,
      ...choice,
    };
    const faults = checkSubscribers([subscriber], digests, topics);
    expect(faults).toEqual(messages.map((message) => ({ file: 'a.yaml', line: 4, message })));
  });
});
