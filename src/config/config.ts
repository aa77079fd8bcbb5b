import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { alarmsOf, type AlarmsConfig } from './alarms-schema.ts';
import { serveOf, type ApiConfig } from './api-schema.ts';
import { crossFindings, reason } from './checks.ts';
import { findings, placed } from './faults.ts';
import { inboundOf, type InboundConfig } from './inbound-config.ts';
import { followsOf } from './follows.ts';
import type { MetricsConfig } from './metrics-schema.ts';
import type { MailConfig } from './mail-config.ts';
import { mailOf } from './mail-of.ts';
import { configSchema, type ConfigFile } from './schema.ts';
import { readSecrets, type Environment, type Secrets } from './secrets.ts';
import type { SignUpConfig } from './sign-up-schema.ts';
import type { SourceConfig } from './source-schema.ts';
import { templateFindings } from './templates-schema.ts';
import { topicsOf, topicsOfSets } from './topic-sets.ts';
import { withoutSlash, type Mailbox } from './values.ts';
import type { Digest } from '../domain/digest.ts';
import type { Follow } from '../domain/follow.ts';
import { seedPaper, type Topic } from '../domain/topic.ts';
import { ConfigError } from '../errors.ts';
import { packageFolder } from '../program-files.ts';
import { readYaml } from './yaml-text.ts';

export type { Environment, Mailbox, SourceConfig };
export type { DkimConfig, MailConfig, SenderConfig, SmtpConfig } from './mail-config.ts';

/** The checked configuration, frozen all the way down. Paths are absolute. */
export interface Config {
  /** The file it was read from. */
  readonly file: string;
  readonly site: SiteConfig;
  /** Folder of the database, the published site and the outbox. */
  readonly dataDir: string;
  readonly sources: readonly SourceConfig[];
  readonly signals: readonly SignalConfig[];
  readonly http: HttpConfig;
  /** In the order of the file. */
  readonly topics: readonly Topic[];
  /** Authors and labs with feeds of their own. */
  readonly follows: readonly Follow[];
  readonly digests: readonly Digest[];
  readonly ranking: {
    /** Whether papers of authors who were listed before have a better chance. */
    readonly authorHistory: boolean;
  };
  readonly mail: MailConfig;
  /** Folder of the operator's subscriber files. */
  readonly subscribersDir: string;
  /** Folder of the operator's templates, if any. */
  readonly templatesDir?: string;
  readonly signUp: SignUpConfig;
  readonly serve: ServeConfig;
  /** Addresses of the site that changed for good: paths below its root, without a slash in front. */
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  /** Bounces, complaints and wishes to leave are taken in only where it is given. */
  readonly inbound?: InboundConfig;
  /** Feeds have a hub (W3C WebSub) only where it is given. */
  readonly websub?: WebsubConfig;
  readonly alarms: AlarmsConfig;
  readonly logLevel: LogLevel;
}

export interface SiteConfig {
  readonly title: string;
  readonly description: string;
  /** Absolute, http(s), ends with a slash. */
  readonly baseUrl: string;
  readonly contact?: string;
  readonly postalAddress?: string;
  /** BCP 47. */
  readonly language: string;
}

/** A place that counts something about papers we know. Its name is no other source's. */
export interface SignalConfig {
  readonly type: 'semantic-scholar' | 'github';
  readonly name: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Papers first seen in the last so many days are counted. */
  readonly days: number;
  /** The API key or token. */
  readonly secret?: string;
}

export interface HttpConfig {
  readonly timeoutMs: number;
  /** Of the decoded answer. */
  readonly maxBytes: number;
}

export interface ServeConfig {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Whole answers a minute for each client; 0 is no limit. */
  readonly requestsPerMinute: number;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** `api/v1/` is there only where it is given. */
  readonly api?: ApiConfig;
  /** `metrics` is there only where it is given; its token opens the whole of `health` too. */
  readonly metrics?: MetricsConfig;
}

export interface WebsubConfig {
  /** `own`, or the absolute address of another's. */
  readonly hub: string;
  /** Whether the hub is told of feeds that changed. */
  readonly publish: boolean;
  /** Hosts of callbacks that may have private addresses; of the own hub. */
  readonly allowHosts: readonly string[];
}

export type LogLevel = ConfigFile['log'];

/** Reads and checks the configuration file; throws ConfigError with every fault of it at once. */
export function loadConfig(path: string, environment: Environment): Config {
  return parseConfig(readText(path), path, environment);
}

/** The same to be shown: `(set)` stands in the place of every secret. */
export function loadShownConfig(path: string, environment: Environment): Config {
  return parseConfig(readText(path), path, environment, () => '(set)');
}

function readText(path: string): string {
  const fault = (message: string) => new ConfigError([{ file: path, line: 0, column: 0, path: '', message }]);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fault(`expected a configuration file, got ${reason(error)}; write one with "broadsheet init"`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fault('expected text in UTF-8, got other bytes; save the file as UTF-8');
  }
}

/**
 * The configuration of a text; `file` is its name in faults, and relative paths start from its folder. Reads
 * the file that `passwordFile` names; what `shown` makes of a secret stands in its place. Throws ConfigError with every fault at once.
 */
export function parseConfig(
  text: string,
  file: string,
  environment: Environment,
  shown: (secret: string) => string = (secret) => secret,
): Config {
  const yaml = readYaml(text);
  const syntaxFaults = yaml.faults.map((fault) => ({ file, path: '', ...fault }));
  if (yaml.value === undefined) {
    const message = 'expected a configuration, got nothing; write one with "broadsheet init"';
    throw new ConfigError(
      syntaxFaults.length > 0 ? syntaxFaults : [{ file, line: 1, column: 1, path: '', message }],
    );
  }

  const folder = dirname(resolve(file));
  const { secrets, found } = readSecrets(yaml.value, folder, environment);
  const checked = configSchema.safeParse(yaml.value, { jitless: true });
  const wrong = [
    ...findings(checked.error?.issues ?? [], yaml.value),
    ...crossFindings(yaml.value),
    ...templateFindings(yaml.value, folder),
    ...found,
  ];
  const faults = [...syntaxFaults, ...placed(wrong, yaml, file)];
  if (faults.length > 0 || !checked.success) {
    throw new ConfigError(faults.toSorted((a, b) => a.line - b.line || a.column - b.column));
  }
  const taken = new Map([...secrets].map(([name, secret]) => [name, shown(secret)]));
  return frozen(configOf(checked.data, resolve(file), taken));
}

/** The commented configuration of a first start, as text. */
export function exampleConfig(): Promise<string> {
  return readFile(new URL('broadsheet.example.yaml', packageFolder), 'utf8');
}

function configOf(parsed: ConfigFile, file: string, secrets: Secrets): Config {
  const inFolder = (path: string) => resolve(dirname(file), path);
  const { url, contact, postalAddress, ...site } = parsed.site;
  const topics = configuredTopics(parsed, inFolder);
  return {
    file,
    site: {
      ...site,
      baseUrl: `${withoutSlash(url)}/`,
      ...(contact === undefined ? {} : { contact }),
      ...(postalAddress === undefined ? {} : { postalAddress }),
    },
    dataDir: inFolder(parsed.data),
    sources: parsed.sources.map((source) =>
      'paths' in source ? { ...source, paths: source.paths.map(inFolder) } : source,
    ),
    signals: parsed.signals.map(({ type, name, baseUrl, days }, index) => {
      const secret = secrets.get(`signals.${index}`);
      return { type, name, baseUrl, days, ...(secret === undefined ? {} : { secret }) };
    }),
    http: { timeoutMs: parsed.http.timeoutSeconds * 1000, maxBytes: parsed.http.maxMegabytes * 1_000_000 },
    topics,
    follows: followsOf(parsed.follows),
    digests: parsed.digests.map((digest) => ({
      ...digest,
      topics: digest.topics ?? topics.map(({ key }) => key),
    })),
    ranking: parsed.ranking,
    mail: mailOf(parsed.mail, parsed.site, secrets),
    subscribersDir: inFolder(parsed.subscribers),
    ...(parsed.templates !== undefined && { templatesDir: inFolder(parsed.templates) }),
    signUp: parsed.signUp,
    serve: serveOf(parsed.serve, secrets),
    moved: parsed.moved,
    alarms: alarmsOf(parsed.alarms, secrets),
    ...(parsed.inbound && { inbound: inboundOf(parsed.inbound, secrets, inFolder) }),
    ...(parsed.websub && { websub: parsed.websub }),
    logLevel: parsed.log,
  };
}

/** The file's own topics, then those of its sets that have no key of theirs; paths of seeds are absolute. */
function configuredTopics(parsed: ConfigFile, inFolder: (path: string) => string): readonly Topic[] {
  const own = topicsOf(parsed.topics ?? {}).map(({ seeds, ...topic }) => ({
    ...topic,
    ...(seeds && { seeds: seeds.map((seed) => (seedPaper(seed) === undefined ? inFolder(seed) : seed)) }),
  }));
  const keys = new Set(own.map(({ key }) => key));
  return [...own, ...topicsOfSets(parsed.topicSets).filter(({ key }) => !keys.has(key))];
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
