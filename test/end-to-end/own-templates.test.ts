import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { preview } from '../../src/cli/preview.ts';
import { checkConfig } from '../../src/cli/setup.ts';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';
import { openTemplates } from '../../src/templates.ts';
import { mailServer, type MailServer } from '../deliver/servers.ts';
import { sampleEdition, sampleSite } from '../render/edition-sample.ts';
import { sampleReader } from '../render/mail/mail-sample.ts';
import { unquoted } from '../serve/reader-site.ts';
import { house, type House } from './house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

const now = Date.parse('2026-11-10T02:30:00Z');
const shipped = join(import.meta.dirname, '../../templates');

/** What MJML makes is kept here for all tests of this file. */
const dataDir = mkdtempSync(join(tmpdir(), 'broadsheet-theme-data-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

let sources: SourcesServer;
let smtp: MailServer;
let theme: string;
let home: House;

beforeEach(async () => {
  theme = mkdtempSync(join(tmpdir(), 'broadsheet-theme-'));
  sources = await sourcesServer(sampleCaptures());
  sources.now = now;
  smtp = await mailServer();
  home = await house({
    sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${sources.url}" }\n`,
    mail: `  transport: smtp
  from: Broadsheet <paper@papers.example.org>
  smtp: { host: 127.0.0.1, port: ${smtp.config.port}, secure: false, connections: 1 }
templates: "${theme}"
`,
    // The reader that a preview is made for.
    subscribers: '- { address: reader@example.org }\n',
  });
});

afterEach(async () => {
  home[Symbol.dispose]();
  rmSync(theme, { recursive: true });
  await sources[Symbol.asyncDispose]();
  await smtp.close();
});

function own(name: string, change: (text: string) => string): void {
  mkdirSync(dirname(join(theme, name)), { recursive: true });
  writeFileSync(join(theme, name), change(readFileSync(join(shipped, name), 'utf8')));
}

function context(printed: string[] = []): Context {
  return {
    options: { config: home.config.file, now },
    now: () => now,
    signal: new AbortController().signal,
    onHangUp: () => {},
    print: (text) => printed.push(text),
    note: () => {},
  };
}

const bodyOf = (mail: string): string => mail.slice(mail.indexOf('\r\n\r\n'));
const decoded = (mail: string): string => Buffer.from(unquoted(mail), 'latin1').toString();

async function faultsOf(opening: Promise<unknown>): Promise<string> {
  const thrown = await opening.then(
    () => new Error('expected faults, found none'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof ConfigError)) throw thrown;
  return thrown.message.replaceAll(`${theme}/`, '');
}

describe("the operator's own templates", () => {
  it('stand for ours of the same name, in the mails that are sent, in their preview, and on pages', async () => {
    own('mail/partials/masthead.hbs', (text) => `<tr><td>Set in the house style</td></tr>\n${text}`);
    own('mail/digest.txt.hbs', (text) => `HOUSE STYLE\n\n${text}`);
    own('web/not-found.hbs', (text) => `<p>No such sheet in this house.</p>\n${text}`);
    own('web/style.css', (text) => `${text}\n.house { color: #123456; }\n`);
    const { mails } = await home.run(now);
    expect(mails.sent.accepted).toBe(1);
    const [{ raw: sent } = { raw: '' }] = smtp.accepted;
    expect(decoded(sent)).toContain('Set in the house style');
    expect(decoded(sent)).toContain('HOUSE STYLE');
    expect(home.published().get('404.html')).toContain('No such sheet in this house.');
    expect(home.published().get('style.css')).toContain('.house { color: #123456; }');

    const written: string[] = [];
    expect(await preview(context(written), {})).toBe(0);
    const [html = '', text = '', message = ''] = written.map((file) => readFileSync(file, 'utf8'));
    expect(bodyOf(message)).toBe(bodyOf(sent));
    const lines = (body: string): string => body.replaceAll('\n', '\r\n');
    expect(decoded(sent)).toContain(lines(html));
    expect(decoded(sent)).toContain(lines(text));
  });

  it('may be the example of the README', async () => {
    const readme = readFileSync(join(shipped, '../README.md'), 'utf8');
    const [, example = ''] = /```handlebars\n(.+?)```/s.exec(readme) ?? [];
    own('mail/partials/masthead.hbs', (text) => text + example);
    const templates = await openTemplates({ templatesDir: theme, dataDir });
    const { html } = (await templates.mail()).segment(sampleEdition, sampleSite).personalise(sampleReader);
    expect(html).toContain('>Read by the group on Tuesday, 24 November 2026</td>');
  });

  it('are seen at the next opening after a change', async () => {
    const htmlAtWidth = async (width: string): Promise<string> => {
      own('mail/digest.mjml', (text) => text.replace('width="600px"', `width="${width}"`));
      const templates = await openTemplates({ templatesDir: theme, dataDir });
      return (await templates.mail()).segment(sampleEdition, sampleSite).personalise(sampleReader).html;
    };
    expect(await htmlAtWidth('520px')).toContain('max-width:520px');
    expect(await htmlAtWidth('540px')).toContain('max-width:540px');
  });

  it('must be called like ours', () => {
    mkdirSync(join(theme, 'mail'));
    writeFileSync(join(theme, 'mail/digst.mjml'), '');
    writeFileSync(join(theme, '.DS_Store'), '');
    const text = readFileSync(home.config.file, 'utf8');
    expect(() => parseConfig(text, home.config.file, {})).toThrow(
      /broadsheet\.yaml:\d+:\d+ templates: no template of ours is called mail\/digst\.mjml; did you mean "mail\/digest\.mjml"\?$/,
    );
    rmSync(theme, { recursive: true });
    expect(() => parseConfig(text, home.config.file, {})).toThrow(
      /templates: expected a folder that can be read/,
    );
    mkdirSync(theme);
  });
});

/** A file, what is done to ours, and what is said of it. */
const broken: readonly (readonly [string, string, (text: string) => string, RegExp])[] = [
  [
    'a block that does not end',
    'mail/partials/pick.hbs',
    () => '<p>\n  {{#if title}}\n',
    /^mail\/partials\/pick\.hbs:3:1 expected a Handlebars template, but: Parse error: Expecting .*got 'EOF'/,
  ],
  [
    'a block that ends as another',
    'web/home.hbs',
    () => '\n{{#if title}}{{/each}}',
    /^web\/home\.hbs:2:4 expected a Handlebars template, but: if doesn't match each$/,
  ],
  [
    'a field that no mail has',
    'mail/digest.txt.hbs',
    (text) => `\n  {{siteTitel}}\n${text}`,
    /^mail\/digest\.txt\.hbs:2:5 there is no field "siteTitel"; did you mean "siteTitle"\?$/,
  ],
  [
    'a field that a mail has elsewhere',
    'mail/partials/footer.hbs',
    (text) => `${text}\n<p>{{summary}}</p>\n`,
    /^mail\/partials\/footer\.hbs:9:6 there is no field "summary" here/,
  ],
  [
    'a partial that is not there',
    'mail/digest.mjml',
    (text) => text.replace('{{> masthead}}', '{{> masthaed}}'),
    /^mail\/digest\.mjml:37:11 there is no partial "masthaed"; did you mean "masthead"\?$/,
  ],
  [
    'a helper that is not there',
    'mail/notice.txt.hbs',
    (text) => `${text}{{upper heading}}`,
    /^mail\/notice\.txt\.hbs:15:1 there is no helper "upper"; known here: if, /,
  ],
  [
    'an element that MJML does not have',
    'mail/notice.mjml',
    (text) => text.replace('<mj-column>', '<mj-colum>').replace('</mj-column>', '</mj-colum>'),
    /^mail\/notice\.mjml:\d+:7 expected valid MJML, but: Element mj-colum doesn't exist or is not registered/,
  ],
  [
    'a mail that nobody can leave',
    'mail/digest.txt.hbs',
    (text) => text.replace('{{slots.unsubscribeUrl}}', ''),
    /^mail\/digest\.mjml:1:1 digest\.txt\.hbs: expected \{\{slots\.unsubscribeUrl\}\}/,
  ],
];

describe('a template that is not in order', () => {
  it.each(broken)(
    'is told when templates are read, with its place: %s',
    async (_, name, change, expected) => {
      own(name, change);
      expect(await faultsOf(openTemplates({ templatesDir: theme, dataDir }))).toMatch(expected);
    },
  );

  it('is told by "config check" and "doctor", and nothing opens with it', async () => {
    own('mail/digest.txt.hbs', (text) => `{{siteTitel}}${text}`);
    expect(await faultsOf(home.open(now))).toMatch(/^mail\/digest\.txt\.hbs:1:3 there is no field/);
    await expect(checkConfig(context())).rejects.toThrow(
      /digest\.txt\.hbs:1:3 there is no field "siteTitel"/,
    );
    const printed: string[] = [];
    expect(await doctor(context(printed), { offline: true })).toBe(3);
    expect(printed.join('\n')).toMatch(/digest\.txt\.hbs:1:3/);
  });
});
