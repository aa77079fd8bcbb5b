import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig, type MailConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-mail-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const smallest = `site: { title: Small, description: A small paper., url: https://papers.example.org }
sources: [{ name: daily, type: hf-daily-papers, baseUrl: https://huggingface.co }]
topics: { llm: { name: LLM, include: [llm] } }
digests: [{ key: daily, name: Daily, description: Daily., schedule: "30 2 * * *" }]
mail:
  from: The Paper <paper@example.org>
`;

const environment = { SECRET: 's3cret', OTHER: '0ther' };

function mail(yaml: string): MailConfig {
  return parseConfig(smallest + yaml, join(folder, 'broadsheet.yaml'), environment).mail;
}

/** The faults without file and line. */
function faults(yaml: string): readonly string[] {
  try {
    mail(yaml);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('a provider', () => {
  it.each([
    [
      'ses: { region: eu-west-1, accessKeyId: AKIAIOSFODNN7EXAMPLE, secretKeyEnv: SECRET }',
      {
        transport: 'ses',
        ses: {
          region: 'eu-west-1',
          accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
          secretKey: 's3cret',
          baseUrl: 'https://email.eu-west-1.amazonaws.com',
          connections: 5,
        },
      },
    ],
    [
      'postmark: { keyEnv: SECRET, connections: 9 }',
      {
        transport: 'postmark',
        postmark: {
          key: 's3cret',
          stream: 'broadcast',
          baseUrl: 'https://api.postmarkapp.com',
          connections: 9,
        },
      },
    ],
    [
      'mailgun: { keyEnv: SECRET, domain: mg.example.org, baseUrl: "https://api.eu.mailgun.net/" }',
      {
        transport: 'mailgun',
        mailgun: {
          key: 's3cret',
          domain: 'mg.example.org',
          baseUrl: 'https://api.eu.mailgun.net',
          connections: 5,
        },
      },
    ],
    [
      'sendgrid: { keyEnv: SECRET }',
      {
        transport: 'sendgrid',
        sendgrid: { key: 's3cret', baseUrl: 'https://api.sendgrid.com', connections: 5 },
      },
    ],
  ])('with %s has every default', (block, expected) => {
    const name = block.split(':')[0] ?? '';
    expect(mail(`  transport: ${name}\n  ${block}\n`)).toEqual({
      from: { name: 'The Paper', address: 'paper@example.org' },
      inDoubt: 'hold',
      ...expected,
    });
  });

  it('takes its key from the first line of a file', () => {
    writeFileSync(join(folder, 'key'), 'of-a-file\n');
    expect(mail('  transport: sendgrid\n  sendgrid: { keyFile: key }\n')).toMatchObject({
      sendgrid: { key: 'of-a-file' },
    });
  });

  it.each([
    ['transport: ses', 'mail.ses: missing; the transport ses needs it'],
    [
      'transport: sendgrid\n  sendgrid: {}',
      'mail.sendgrid.keyEnv: missing; add keyEnv or keyFile to name the API key',
    ],
    [
      'transport: mailgun\n  mailgun: { keyEnv: NOWHERE, domain: mg.example.org }',
      'mail.mailgun.keyEnv: expected the environment variable NOWHERE to hold the API key, got nothing; set it',
    ],
    [
      'transport: postmark\n  postmark: { keyEnv: SECRET, key: abc }',
      'mail.postmark.key: a secret never stands in this file; name an environment variable with keyEnv or a file with keyFile',
    ],
  ])('with %j is the fault %j', (yaml, fault) => {
    expect(faults(`  ${yaml}\n`)).toEqual([fault]);
  });

  it.each(['ses', 'postmark', 'sendgrid'])('%s does not go with signatures of ours', (name) => {
    const found = faults(
      `  transport: ${name}\n  ${name}: {}\n  dkim: [{ domain: example.org, selector: a, keyEnv: SECRET }]\n`,
    );
    expect(found.filter((fault) => fault.startsWith('mail.dkim:'))).toEqual([
      expect.stringMatching(
        /^mail\.dkim: expected no keys here: .+ anew, .+; remove it and let the provider sign$/,
      ),
    ]);
  });
});

describe('a server', () => {
  const smtp = (keys: string) => `  transport: smtp\n  smtp: { host: smtp.example.org, ${keys} }\n`;

  it.each([
    ['port: 587', { secure: false }],
    ['port: 465', { secure: true }],
    ['tls: implicit', { secure: true }],
    ['port: 465, tls: required', { secure: false, starttls: 'required' }],
    ['tls: none', { secure: false, starttls: 'none' }],
    ['tls: opportunistic', { secure: false, starttls: 'opportunistic' }],
  ])('with %s is encrypted so: %j', (keys, expected) => {
    const config = mail(smtp(keys));
    expect(config.transport === 'smtp' ? config.smtp : undefined).toEqual({
      host: 'smtp.example.org',
      port: expect.any(Number),
      connections: 5,
      ...expected,
    });
  });

  it('is logged into by OAuth2', () => {
    const oauth2 =
      'oauth2: { tokenUrl: "https://login.example/token", clientId: c, clientSecretEnv: SECRET, refreshTokenEnv: OTHER, scope: mail }';
    expect(mail(smtp(`user: paper, ${oauth2}`))).toMatchObject({
      smtp: {
        login: {
          user: 'paper',
          oauth2: {
            tokenUrl: 'https://login.example/token',
            clientId: 'c',
            clientSecret: 's3cret',
            refreshToken: '0ther',
            scope: 'mail',
          },
        },
      },
    });
  });

  it.each([
    [
      'secure: true, tls: required',
      ['mail.smtp.secure: expected secure or tls, got both; keep tls, which says the same: true is implicit'],
    ],
    [
      'user: paper, passwordEnv: SECRET, tls: opportunistic',
      [
        'mail.smtp.tls: expected required or implicit, since a login must not be read on its way, got opportunistic; change it',
      ],
    ],
    [
      'user: paper, passwordEnv: SECRET, oauth2: { tokenUrl: "https://login.example/token", clientId: c, refreshTokenEnv: OTHER }',
      ['mail.smtp.oauth2: expected a password or oauth2, got both; remove one'],
    ],
    [
      'oauth2: { tokenUrl: "http://login.example/token", clientId: c }',
      [
        'mail.smtp.oauth2.tokenUrl: expected the https address of a token endpoint such as https://oauth2.googleapis.com/token, got "http://login.example/token"',
        'mail.smtp.oauth2.refreshTokenEnv: missing; add refreshTokenEnv or refreshTokenFile to name the refresh token',
        'mail.smtp.user: missing; oauth2 needs the user it logs in',
      ],
    ],
  ])('with %j is %j', (keys, expected) => {
    expect(faults(smtp(keys)).toSorted()).toEqual(expected.toSorted());
  });

  it('of this machine may have a login without TLS', () => {
    expect(
      faults('  transport: smtp\n  smtp: { host: 127.0.0.1, user: a, passwordEnv: SECRET, tls: none }\n'),
    ).toEqual([]);
  });
});

describe('relays', () => {
  it('stand in the place of one server, each with a name, a weight and a login of its own', () => {
    const yaml =
      '  transport: smtp\n  relays:\n' +
      '    - { name: first, weight: 3, host: smtp1.example.org, user: a, passwordEnv: SECRET }\n' +
      '    - { name: second, host: "2001:db8::1", port: 25, user: b, passwordEnv: OTHER }\n';
    expect(mail(yaml)).toMatchObject({
      transport: 'relays',
      relays: [
        { name: 'first', weight: 3, host: 'smtp1.example.org', login: { user: 'a', password: 's3cret' } },
        { name: 'second', weight: 1, host: '2001:db8::1', port: 25, login: { user: 'b', password: '0ther' } },
      ],
    });
  });

  it('have names of their own, and no smtp beside them', () => {
    expect(
      faults(
        '  transport: smtp\n  smtp: { host: a.example }\n  relays: [{ name: one, host: a.example }, { name: one, host: b.example }]\n',
      ),
    ).toEqual([
      'mail.relays: expected smtp or relays, got both; make the server one of the relays',
      'mail.relays.1.name: expected a name of its own, got "one" again; choose another',
    ]);
  });
});

describe('limits', () => {
  const limits = (text: string) => `  transport: smtp\n  smtp: { host: a.example }\n  limits: ${text}\n`;

  it('are per minute and day, of all mail, domains and digests', () => {
    const text =
      '{ perMinute: 60, warmUp: { from: 2026-11-24, perDay: [50, 100] }, domains: { google: { perMinute: 20 }, example.org: { perDay: 10 } }, digests: { daily: { perMinute: 5 } } }';
    expect(mail(`${limits(text)}  inDoubt: resend\n`)).toMatchObject({
      inDoubt: 'resend',
      limits: {
        perMinute: 60,
        warmUp: { from: '2026-11-24', perDay: [50, 100] },
        domains: { google: { perMinute: 20 }, 'example.org': { perDay: 10 } },
        digests: { daily: { perMinute: 5 } },
      },
    });
  });

  it.each([
    [
      '{ digests: { dayly: { perMinute: 5 } } }',
      'mail.limits.digests.dayly: expected the key of a digest, got "dayly"; known here: daily',
    ],
    [
      '{ domains: { gmail.com: { perMinute: 5 } } }',
      'mail.limits.domains.gmail.com: expected the name that its mail is counted under, got "gmail.com"; write google',
    ],
    [
      '{ perDay: 0 }',
      'mail.limits.perDay: expected a whole number of mails a day from 1 to 100000000, got the number 0',
    ],
    [
      '{ warmUp: { from: 2026-02-30, perDay: [1] } }',
      'mail.limits.warmUp.from: expected a date such as 2026-11-24, got "2026-02-30"',
    ],
    [
      '{ warmUp: { from: 2026-11-24, perDay: [] } }',
      'mail.limits.warmUp.perDay: expected a list with at least one day, got an empty list',
    ],
  ])('of %s are the fault %j', (text, fault) => {
    expect(faults(limits(text))).toEqual([fault]);
  });
});
