import { z } from 'zod';
import { signal, source } from './source-schema.ts';
import { topicSetNames } from './topic-sets.ts';
import { topics } from './topic-schema.ts';
import {
  address,
  block,
  environmentName,
  host,
  language,
  line,
  list,
  mailbox,
  oneOf,
  path,
  schedule,
  slug,
  url,
  whole,
  zone,
} from './values.ts';

/*
 * The shape of the configuration file, one key at a time. What concerns two keys at once is in `checks.ts`.
 */

const digest = block({
  key: slug,
  name: line,
  description: line,
  schedule,
  zone: zone.default('Etc/UTC'),
  topics: list(slug, 'a list of topic keys').min(1, { error: 'at least one topic key' }).optional(),
  mode: oneOf(['final', 'early']).default('final'),
  picksPerTopic: whole(1, 50, 'a whole number of papers').default(2),
  picksOutside: whole(0, 50, 'a whole number of papers').default(2),
  alsoNew: whole(0, 500, 'a whole number of papers').default(12),
  windowDays: whole(1, 90, 'a whole number of days').default(7),
  maxLatenessHours: whole(1, 168, 'a whole number of hours').default(6),
});

const smtp = block({
  host,
  port: whole(1, 65_535, 'a port number').default(587),
  secure: z.boolean({ error: 'true (TLS from the first byte) or false (STARTTLS)' }).optional(),
  user: line.optional(),
  passwordEnv: environmentName('SMTP_PASSWORD').optional(),
  passwordFile: path.optional(),
  connections: whole(1, 100, 'a whole number of connections').default(5),
});

const mail = block({
  transport: oneOf(['outbox', 'smtp']).default('outbox'),
  from: mailbox.optional(),
  replyTo: mailbox.optional(),
  smtp: smtp.optional(),
});

const site = block({
  title: line,
  description: line,
  url,
  contact: address.optional(),
  postalAddress: line.optional(),
  language: language.default('en'),
});

export const configSchema = block({
  site,
  data: path.default('data'),
  sources: list(source, 'a list of sources').min(1, { error: 'at least one source' }),
  signals: list(signal, 'a list of signal sources').default([]),
  http: block({
    timeoutSeconds: whole(1, 600, 'a whole number of seconds').default(30),
    maxMegabytes: whole(1, 1000, 'a whole number of megabytes').default(20),
  }).prefault({}),
  topics: topics.refine((own) => Object.keys(own).length > 0, { error: 'at least one topic' }).optional(),
  topicSets: list(oneOf(topicSetNames), `a list of sets such as [${topicSetNames.join(', ')}]`).default([]),
  digests: list(digest, 'a list of digests').min(1, { error: 'at least one digest' }),
  ranking: block({
    authorHistory: z.boolean({ error: 'true or false' }).default(true),
  }).prefault({}),
  mail: mail.prefault({}),
  subscribers: path.default('subscribers'),
  serve: block({
    host: host.default('127.0.0.1'),
    port: whole(0, 65_535, 'a port number').default(8080),
  }).prefault({}),
  log: oneOf(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});

export type ConfigFile = z.output<typeof configSchema>;
