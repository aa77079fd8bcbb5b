import { z } from 'zod';
import { alarms } from './alarms-schema.ts';
import { api } from './api-schema.ts';
import { follows } from './follows.ts';
import { signal, source } from './source-schema.ts';
import { topicSetNames } from './topic-sets.ts';
import { topics } from './topic-schema.ts';
import { mail } from './mail-schema.ts';
import { moves } from './moved-schema.ts';
import { metrics } from './metrics-schema.ts';
import { inbound } from './inbound-schema.ts';
import { signUp } from './sign-up-schema.ts';
import { templates } from './templates-schema.ts';
import { websub } from './websub-schema.ts';
import {
  address,
  block,
  host,
  language,
  line,
  list,
  network,
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
  waitMinutes: whole(0, 720, 'a whole number of minutes').default(60),
  maxLatenessHours: whole(1, 168, 'a whole number of hours').default(6),
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
  follows: follows.prefault({}),
  digests: list(digest, 'a list of digests').min(1, { error: 'at least one digest' }),
  ranking: block({
    authorHistory: z.boolean({ error: 'true or false' }).default(true),
  }).prefault({}),
  mail: mail.prefault({}),
  subscribers: path.default('subscribers'),
  templates,
  signUp: signUp.prefault({}),
  serve: block({
    host: host.default('127.0.0.1'),
    port: whole(0, 65_535, 'a port number').default(8080),
    requestsPerMinute: whole(0, 1_000_000, 'a whole number of requests').default(300),
    trustedProxies: list(network, 'a list of addresses and networks such as [10.0.0.0/8]').default([
      '127.0.0.0/8',
      '::1',
    ]),
    api: api.optional(),
    metrics: metrics.optional(),
  }).prefault({}),
  inbound: inbound.optional(),
  websub: websub.optional(),
  moved: moves.default([]),
  alarms: alarms.prefault({}),
  log: oneOf(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});

export type ConfigFile = z.output<typeof configSchema>;
