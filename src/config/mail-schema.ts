import { z } from 'zod';
import { isCalendarDate, type CalendarDate } from '../domain/time.ts';
import { bounceAddress, dkimKey } from './mail-signing-schema.ts';
import {
  baseUrl,
  block,
  environmentName,
  host,
  line,
  list,
  mailbox,
  oneOf,
  path,
  slug,
  text,
  whole,
} from './values.ts';

/*
 * What can stand under `mail`, one key at a time. What concerns two keys at once is in `mail-checks.ts`, where its
 * secrets are in `mail-secrets.ts`.
 */

/** The mail providers whose HTTP interfaces we speak. */
export const providerNames = ['ses', 'postmark', 'mailgun', 'sendgrid'] as const;

const port = whole(1, 65_535, 'a port number');
const connections = whole(1, 100, 'a whole number of connections').default(5);

/** A token endpoint gets secrets: by https, or on this machine. */
const tokenUrl = text(
  'the https address of a token endpoint such as https://oauth2.googleapis.com/token',
  (value) =>
    URL.canParse(value) && /^https:\/\/|^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(value),
);

/** RFC 6749 section 6: a refresh token that gets access tokens. */
const oauth2 = block({
  tokenUrl,
  clientId: line,
  clientSecretEnv: environmentName('OAUTH2_CLIENT_SECRET').optional(),
  clientSecretFile: path.optional(),
  refreshTokenEnv: environmentName('OAUTH2_REFRESH_TOKEN').optional(),
  refreshTokenFile: path.optional(),
  scope: line.optional(),
});

const smtpKeys = {
  host,
  port: port.default(587),
  secure: z.boolean({ error: 'true (TLS from the first byte) or false (STARTTLS)' }).optional(),
  tls: oneOf(['opportunistic', 'required', 'implicit', 'none']).optional(),
  user: line.optional(),
  passwordEnv: environmentName('SMTP_PASSWORD').optional(),
  passwordFile: path.optional(),
  oauth2: oauth2.optional(),
  connections,
};

const relay = block({ name: slug, weight: whole(1, 1000, 'a weight').default(1), ...smtpKeys });

const apiKey = {
  keyEnv: environmentName('MAIL_API_KEY').optional(),
  keyFile: path.optional(),
};

const ses = block({
  region: text('a region of AWS such as eu-west-1', (value) => /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(value)),
  accessKeyId: text('the id of an access key such as AKIAIOSFODNN7EXAMPLE', (value) =>
    /^[A-Z0-9]{16,128}$/.test(value),
  ),
  secretKeyEnv: environmentName('AWS_SECRET_ACCESS_KEY').optional(),
  secretKeyFile: path.optional(),
  configurationSet: text('the name of a configuration set', (value) =>
    /^[\w-]{1,64}$/.test(value),
  ).optional(),
  baseUrl: baseUrl.optional(),
  connections,
});

const postmark = block({
  ...apiKey,
  stream: slug.default('broadcast'),
  baseUrl: baseUrl.default('https://api.postmarkapp.com'),
  connections,
});

const mailgun = block({
  ...apiKey,
  domain: host,
  baseUrl: baseUrl.default('https://api.mailgun.net'),
  connections,
});

const sendgrid = block({
  ...apiKey,
  baseUrl: baseUrl.default('https://api.sendgrid.com'),
  connections,
});

const perMinute = whole(1, 1_000_000, 'a whole number of mails a minute').optional();
const perDay = whole(1, 100_000_000, 'a whole number of mails a day').optional();

const day = z
  .string({ error: 'a date such as 2026-11-24' })
  .refine((value): value is CalendarDate => isCalendarDate(value), { error: 'a date such as 2026-11-24' });

const domainName = text('a mail domain such as example.org, or google, microsoft, yahoo or icloud', (value) =>
  /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(value),
);

const limits = block({
  perMinute,
  perDay,
  warmUp: block({
    from: day,
    perDay: list(whole(1, 100_000_000, 'a whole number of mails a day'), 'a list of mails a day').min(1, {
      error: 'a list with at least one day',
    }),
  }).optional(),
  domains: z
    .record(domainName, block({ perMinute, perDay }), {
      error: (issue) =>
        issue.code === 'invalid_key' ? 'a mail domain such as example.org' : 'a block of limits by domain',
    })
    .default({}),
  digests: z
    .record(slug, block({ perMinute, perDay }), {
      error: (issue) =>
        issue.code === 'invalid_key' ? 'the key of a digest' : 'a block of limits by digest',
    })
    .default({}),
});

export const mail = block({
  transport: oneOf(['outbox', 'smtp', ...providerNames]).default('outbox'),
  from: mailbox.optional(),
  replyTo: mailbox.optional(),
  bounces: bounceAddress.optional(),
  dkim: list(dkimKey, 'a list of keys').min(1, { error: 'at least one key' }).optional(),
  smtp: block(smtpKeys).optional(),
  relays: list(relay, 'a list of relays').min(1, { error: 'at least one relay' }).optional(),
  ses: ses.optional(),
  postmark: postmark.optional(),
  mailgun: mailgun.optional(),
  sendgrid: sendgrid.optional(),
  limits: limits.optional(),
  inDoubt: oneOf(['hold', 'resend']).default('hold'),
});

export type MailBlock = z.output<typeof mail>;
