import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkConfig, init } from '../../src/cli/setup.ts';
import type { Context } from '../../src/cli/context.ts';
import { readSubscriberFiles } from '../../src/subscribers/files.ts';
import { houseConfig } from '../end-to-end/house.ts';

/** No sign of it stands in any output. */
const secret = 'tell-nobody-0123456789-abcdefghijklmnopqrstuvwxyz';
const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-config-'));
  writeFileSync(join(folder, 'secret'), `${secret}\n`);
  writeFileSync(join(folder, 'webhook'), `https://alarms.example.org/${secret}\n`);
  writeFileSync(join(folder, 'key.pem'), pem);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function contextIn(json: boolean): Promise<{ context: Context; said: string[] }> {
  const said: string[] = [];
  const options = { config: join(folder, 'broadsheet.yaml'), json };
  const context: Context = {
    options,
    now: () => Date.parse('2026-11-10T02:30:00Z'),
    signal: new AbortController().signal,
    onHangUp: () => undefined,
    print: (text) => void said.push(text),
    note: () => undefined,
  };
  return { context, said };
}

const from = '  from: Broadsheet <paper@papers.example.org>\n';
const ways = {
  'a password and DKIM': `  transport: smtp
  smtp: { host: mail.example.org, user: paper, passwordFile: secret }
  dkim:
    - { domain: papers.example.org, selector: one, keyFile: key.pem }
`,
  'OAuth 2': `  transport: smtp
  smtp:
    host: mail.example.org
    user: paper
    oauth2:
      tokenUrl: https://login.example.org/token
      clientId: us
      clientSecretFile: secret
      refreshTokenFile: secret
`,
  SES: '  transport: ses\n  ses: { region: eu-west-1, accessKeyId: AKIAIOSFODNN7EXAMPLE, secretKeyFile: secret }\n',
  Postmark: '  transport: postmark\n  postmark: { keyFile: secret }\n',
  Mailgun: '  transport: mailgun\n  mailgun: { domain: papers.example.org, keyFile: secret }\n',
  SendGrid: '  transport: sendgrid\n  sendgrid: { keyFile: secret }\n',
};
const others = `alarms:
  webhook: { urlFile: webhook }
`;

describe('config check --json', () => {
  it.each(Object.entries(ways))('shows that %s is set, and nothing of it', async (_, mail) => {
    const sources = '  - { name: daily, type: hf-daily-papers }\n';
    const config = await houseConfig({ sources, mail: `${from}${mail}` });
    writeFileSync(join(folder, 'broadsheet.yaml'), config + others);
    const { context, said } = await contextIn(true);
    expect(await checkConfig(context)).toBe(0);
    const shown = JSON.parse(said.join('\n'));
    expect(shown).toMatchObject({ sources: [{ name: 'daily' }], alarms: { webhook: { url: '(set)' } } });
    expect(JSON.stringify(shown.mail)).toContain('(set)');
    expect(said.join('\n')).not.toContain(secret);
    expect(said.join('\n')).not.toContain('PRIVATE KEY');
  });
});

describe('init', () => {
  it('makes a folder for subscribers with a word on what goes in, and nothing in it is a fault', async () => {
    const { context } = await contextIn(false);
    expect(await init(context)).toBe(0);
    const subscribers = join(folder, 'subscribers');
    expect(readdirSync(subscribers)).toEqual(['README.md']);
    expect(readFileSync(join(subscribers, 'README.md'), 'utf8')).toContain('- address: ada@example.org');
    expect(await readSubscriberFiles(subscribers)).toEqual({ subscribers: [], faults: [], isComplete: true });
  });

  it('leaves a folder of subscribers that is there as it is', async () => {
    const { context } = await contextIn(false);
    await init(context);
    rmSync(join(folder, 'broadsheet.yaml'));
    rmSync(join(folder, 'subscribers', 'README.md'));
    await init(context);
    expect(existsSync(join(folder, 'subscribers', 'README.md'))).toBe(false);
  });
});
