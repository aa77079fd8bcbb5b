import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const smallest = `
site: { title: Small, description: A small paper., url: "https://papers.example.org/" }
sources: [{ name: hf, type: hf-daily-papers }]
topics: { llm: { name: Language models, include: [llm] } }
digests: [{ key: daily, name: Daily, description: Every day., schedule: "0 7 * * *" }]
`;
const read = (text: string, environment = {}) =>
  parseConfig(`${smallest}inbound:\n${text}`, 'broadsheet.yaml', environment).inbound;

function faults(text: string, environment = {}): string {
  try {
    read(text, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

it('without the block nothing is taken in; an empty one has no addresses and no hooks', () => {
  expect(parseConfig(smallest, 'broadsheet.yaml', {}).inbound).toBeUndefined();
  expect(read('  addresses: []\n')).toEqual({ addresses: [], hooks: {} });
});

it('the receiver listens to this machine only unless it is told otherwise', () => {
  expect(read('  smtp: {}\n')?.smtp).toEqual({ host: '127.0.0.1', port: 2525, maxBytes: 5_000_000 });
});

it('the secrets of hooks come from the environment', () => {
  const text = `  hooks:
    ses: { topics: ["arn:aws:sns:eu-west-1:123456789012:bounces"] }
    postmark: { user: paper, passwordEnv: HOOK }
    mailgun: { signingKeyEnv: KEY }
`;
  expect(read(text, { HOOK: 'secret', KEY: 'key' })?.hooks).toEqual({
    ses: { topics: ['arn:aws:sns:eu-west-1:123456789012:bounces'] },
    postmark: { user: 'paper', password: 'secret' },
    mailgun: { key: 'key' },
  });
  expect(faults(text, { HOOK: 'secret' })).toContain(
    'inbound.hooks.mailgun.signingKeyEnv: expected the environment variable KEY',
  );
});

it('a hook that anybody could call is a fault', () => {
  expect(faults('  hooks: { postmark: { user: paper } }\n')).toContain(
    'expected passwordEnv or passwordFile',
  );
  expect(faults('  hooks: { mailgun: {} }\n')).toContain('expected signingKeyEnv or signingKeyFile');
  expect(faults('  hooks: { ses: { topics: [] } }\n')).toContain('at least one ARN');
  expect(faults('  hooks: { ses: { topics: [bounces] } }\n')).toContain('expected the ARN of an SNS topic');
  expect(faults('  hooks: { sendgrid: { publicKey: short } }\n')).toContain('expected the verification key');
});

const imap = (more: string): string =>
  `  imap: { host: imap.example.org, user: paper, passwordEnv: IMAP${more} }\n`;

it('a mailbox is read by TLS, with its password from the environment', () => {
  expect(read(imap(', moveTo: Done'), { IMAP: 'secret' })?.imap).toEqual({
    host: 'imap.example.org',
    port: 993,
    tls: 'implicit',
    isLocal: false,
    user: 'paper',
    secret: { password: 'secret' },
    mailbox: 'INBOX',
    moveTo: 'Done',
    everyMs: 300_000,
    maxBytes: 5_000_000,
  });
  expect(read(imap(', port: 143'), { IMAP: 'secret' })?.imap?.tls).toBe('required');
  const here = '  imap: { host: 127.0.0.1, port: 143, user: paper, passwordEnv: IMAP }\n';
  expect(read(here, { IMAP: 'secret' })?.imap).toMatchObject({ tls: 'offered', isLocal: true });
});

it('an access token in the environment does instead', () => {
  const text = '  imap: { host: imap.example.org, user: paper, accessTokenEnv: TOKEN }\n';
  expect(read(text, { TOKEN: 'abc' })?.imap?.secret).toEqual({ token: 'abc' });
});

it('a mailbox without a way in, with two, or moved into itself is a fault', () => {
  expect(faults('  imap: { host: imap.example.org, user: paper }\n')).toContain(
    'expected passwordEnv or passwordFile to name the password, got neither',
  );
  expect(faults(imap(''))).toContain('expected the environment variable IMAP to hold the password');
  expect(faults(imap(', accessTokenEnv: TOKEN'), { IMAP: 'a', TOKEN: 'b' })).toContain('got both');
  expect(faults(imap(', moveTo: INBOX'), { IMAP: 'a' })).toContain(
    'expected another folder than the mailbox',
  );
  expect(faults(imap(', tls: none'), { IMAP: 'a' })).toContain('one of implicit, required');
});
