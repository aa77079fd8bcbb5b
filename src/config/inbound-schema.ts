import type { z } from 'zod';
import { valueAt, type Finding } from './faults.ts';
import { address, block, environmentName, host, line, list, oneOf, path, text, whole } from './values.ts';

const topicArn = text('the ARN of an SNS topic such as arn:aws:sns:eu-west-1:123456789012:bounces', (value) =>
  /^arn:aws(?:-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/.test(value),
);

const publicKey = text('the verification key of the signed event webhook, in base64', (value) =>
  /^[A-Za-z0-9+/=\s]{80,400}$/.test(value),
);

const folder = text('the name of a mail folder such as INBOX or Done', (value) =>
  /^[^\p{Cc}*%]+$/u.test(value),
);

const imap = block({
  host,
  port: whole(1, 65_535, 'a port number').default(993),
  tls: oneOf(['implicit', 'required']).optional(),
  user: line,
  passwordEnv: environmentName('IMAP_PASSWORD').optional(),
  passwordFile: path.optional(),
  accessTokenEnv: environmentName('IMAP_ACCESS_TOKEN').optional(),
  accessTokenFile: path.optional(),
  mailbox: folder.default('INBOX'),
  moveTo: folder.optional(),
  everyMinutes: whole(1, 1440, 'a whole number of minutes').default(5),
  maxMegabytes: whole(1, 50, 'a whole number of megabytes').default(5),
});

/** What can stand under `inbound`. */
export const inbound = block({
  unsubscribe: address.optional(),
  addresses: list(address, 'a list of mail addresses such as [fbl@example.org]').default([]),
  smtp: block({
    host: host.default('127.0.0.1'),
    port: whole(0, 65_535, 'a port number').default(2525),
    maxMegabytes: whole(1, 50, 'a whole number of megabytes').default(5),
  }).optional(),
  imap: imap.optional(),
  hooks: block({
    ses: block({
      topics: list(topicArn, 'a list of ARNs of SNS topics').min(1, {
        error: 'at least one ARN of an SNS topic',
      }),
    }).optional(),
    postmark: block({
      user: line,
      passwordEnv: environmentName('POSTMARK_HOOK_PASSWORD').optional(),
      passwordFile: path.optional(),
    }).optional(),
    mailgun: block({
      signingKeyEnv: environmentName('MAILGUN_SIGNING_KEY').optional(),
      signingKeyFile: path.optional(),
    }).optional(),
    sendgrid: block({ publicKey }).optional(),
  }).prefault({}),
});

/** The hooks that are known by a secret, and the key that names it. */
export const hookSecrets = [
  { hook: 'postmark', key: 'password', what: 'password' },
  { hook: 'mailgun', key: 'signingKey', what: 'webhook signing key' },
] as const;

/** The secrets of `inbound.imap`; it needs one of them. */
export const imapSecrets = [
  { key: 'password', what: 'password' },
  { key: 'accessToken', what: 'access token' },
] as const;

/** Hooks that anybody could call: their secret is not named. A mailbox without a way in, or moved into itself. */
export function inboundFindings(value: unknown): readonly Finding[] {
  return [...hookFindings(value), ...imapFindings(value)];
}

function imapFindings(value: unknown): readonly Finding[] {
  const at = ['inbound', 'imap'];
  const given = valueAt(value, at);
  if (typeof given !== 'object' || given === null) return [];
  const found: Finding[] = [];
  const named = imapSecrets.filter(({ key }) =>
    [`${key}Env`, `${key}File`].some((name) => valueAt(given, [name]) !== undefined),
  );
  if (named.length === 0) {
    const message = 'expected passwordEnv or passwordFile to name the password, got neither; add one';
    found.push({ path: at, part: 'key', message });
  }
  if (named.length > 1) {
    const message = 'expected a password or an access token, got both; remove one';
    found.push({ path: at, part: 'key', message });
  }
  if (valueAt(given, ['moveTo']) === (valueAt(given, ['mailbox']) ?? 'INBOX')) {
    const message = 'expected another folder than the mailbox, got the same; choose another';
    found.push({ path: [...at, 'moveTo'], part: 'value', message });
  }
  return found;
}

function hookFindings(value: unknown): readonly Finding[] {
  return hookSecrets.flatMap(({ hook, key, what }): Finding[] => {
    const at = ['inbound', 'hooks', hook];
    const given = valueAt(value, at);
    if (typeof given !== 'object' || given === null) return [];
    const isNamed = [`${key}Env`, `${key}File`].some((name) => valueAt(value, [...at, name]) !== undefined);
    const message = `expected ${key}Env or ${key}File to name the ${what}, got neither; add one`;
    return isNamed ? [] : [{ path: at, part: 'key', message }];
  });
}

export type InboundBlock = z.output<typeof inbound>;
