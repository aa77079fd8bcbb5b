import type { Digest } from '../../domain/digest.ts';
import type { Site } from '../../domain/site.ts';
import { pageHref } from './links.ts';
import { line } from './prose.ts';
import { subscribePath } from './subscribe-page.ts';
import type { WebPage } from './templates.ts';

export type UnsubscribeState =
  /** Topics are keys of what the reader has of the digest; none when nobody knows. */
  | {
      readonly state: 'question';
      readonly digest: string;
      readonly topics: readonly string[];
      /** Below the site; not of somebody whom nobody knows. */
      readonly preferencesPath?: string;
    }
  | {
      readonly state: 'done';
      readonly digest: string;
      readonly leaving: { readonly what: 'topic' | 'digest' | 'everything'; readonly topic?: string };
    }
  | { readonly state: 'unknown' };

/** The page behind the unsubscribe link of a mail. It does not show whose it is. */
export function unsubscribePage(
  site: Site,
  digests: readonly Pick<Digest, 'key' | 'name'>[],
  state: UnsubscribeState,
): WebPage {
  const title = { question: 'Unsubscribe', done: 'Unsubscribed', unknown: 'Unknown link' }[state.state];
  const key = state.state === 'unknown' ? '' : state.digest;
  const topics = state.state === 'question' && state.topics.length > 1 ? state.topics : [];
  const topicName = (topic: string): string =>
    line(site.topics.find((one) => one.key === topic)?.name ?? topic);
  const digestName = digests.find((digest) => digest.key === key)?.name ?? key;
  return {
    path: 'u/',
    template: 'unsubscribe',
    title,
    description: title,
    feeds: [],
    isListed: false,
    view: {
      isQuestion: state.state === 'question',
      isDone: state.state === 'done',
      isUnknown: state.state === 'unknown',
      hasChoice: topics.length > 0 || digests.length > 1,
      hasSeveral: digests.length > 1,
      topics: topics.map((topic) => ({ key: topic, name: topicName(topic) })),
      siteTitle: line(site.title),
      digestName,
      stopped: state.state === 'done' ? stopped(state.leaving, digestName, topicName) : '',
      subscribeHref: site.hasSignUp === true ? pageHref(site, subscribePath) : undefined,
      preferencesHref:
        state.state === 'question' && state.preferencesPath !== undefined
          ? pageHref(site, state.preferencesPath)
          : undefined,
      homeHref: pageHref(site, ''),
      contact: site.contact,
    },
  };
}

function stopped(
  { what, topic }: { readonly what: 'topic' | 'digest' | 'everything'; readonly topic?: string },
  digestName: string,
  topicName: (topic: string) => string,
): string {
  switch (what) {
    case 'topic':
      return `${digestName} comes without ${topicName(topic ?? '')} from now on.`;
    case 'digest':
      return `${digestName} will not be sent to you any more.`;
    case 'everything':
      return 'Nothing will be sent to you any more.';
  }
}
