import type { Config } from '../config/config.ts';
import { suggestion } from '../config/faults.ts';
import { isAddress } from '../domain/subscriber.ts';
import { utcMidnight } from '../domain/time.ts';
import { UsageError } from '../errors.ts';
import type { SubscriberFilter } from '../store/subscriber-filter.ts';
import type { FilterOptions } from './subscribers-options.ts';

/** The filter of the command line; throws UsageError for a digest or topic that the configuration does not have. */
export function filterOf(options: FilterOptions, config: Config): SubscriberFilter {
  const { digest, state, topic, origin, domain, since } = options;
  if (digest !== undefined) checkDigests([digest], config);
  const topicKeys = config.topics.map(({ key }) => key);
  if (topic !== undefined && !topicKeys.includes(topic)) {
    throw new UsageError(
      `expected a topic of the configuration, got ${topic}; ${suggestion(topic, topicKeys)}`,
    );
  }
  const digests = config.digests.filter(({ topics }) => topic !== undefined && topics.includes(topic));
  return {
    ...(digest !== undefined && { digest }),
    ...(state !== undefined && { state }),
    ...(topic !== undefined && { topic: { key: topic, digests: digests.map(({ key }) => key) } }),
    ...(origin !== undefined && { origin }),
    ...(domain !== undefined && { domain: domain.replace(/^@/, '') }),
    ...(since !== undefined && { since: utcMidnight(since) }),
  };
}

/** The digests that are meant: those that are named, or the only one there is. */
export function digestsOf(named: readonly string[] | undefined, config: Config): readonly string[] {
  if (named !== undefined) return checkDigests(named, config);
  const keys = config.digests.map(({ key }) => key);
  if (keys.length !== 1) {
    throw new UsageError(`expected --digest with one or several of ${keys.join(', ')}, got none`);
  }
  return keys;
}

export function checkDigests(named: readonly string[], config: Config): readonly string[] {
  const keys = config.digests.map(({ key }) => key);
  const unknown = named.find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(
      `expected a digest of the configuration, got ${unknown}; ${suggestion(unknown, keys)}`,
    );
  }
  return [...new Set(named)];
}

/** The address without spaces around it; throws UsageError when it is none. */
export function checkAddress(text: string): string {
  const address = text.normalize('NFC').trim();
  if (!isAddress(address)) {
    throw new UsageError(`expected a mail address such as ada@example.org, got ${JSON.stringify(text)}`);
  }
  return address;
}
