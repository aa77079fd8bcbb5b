import type { Digest } from '../../domain/digest.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import type { StoredSubscriber } from '../../domain/subscriber.ts';
import type { CalendarDate } from '../../domain/time.ts';
import { cadenceChoices, hourChoices, zoneChoices } from './form-choices.ts';
import { pageHref } from './links.ts';
import { line } from './prose.ts';
import { subscribePath } from './subscribe-page.ts';
import type { WebPage } from './templates.ts';

/** What the page tells of the last thing that was done on it. */
export interface PreferencesNote {
  readonly text: string;
  readonly isFault: boolean;
}

export interface PreferencesState {
  readonly subscriber: StoredSubscriber;
  /** Keys of digests that the subscriber gets now. */
  readonly gets: readonly string[];
  readonly feedKey?: string;
  readonly note?: PreferencesNote;
  /** The day after which a pause may end. */
  readonly tomorrow: CalendarDate;
}

/**
 * What a subscriber gets, to be changed. It shows neither address nor name: the link to it stands in mails that people
 * forward.
 */
export function preferencesPage(site: Site, digests: readonly Digest[], state: PreferencesState): WebPage {
  const { subscriber, gets, feedKey, note, tomorrow } = state;
  const topicNames = new Map(site.topics.map(({ key, name }) => [key, line(name)]));
  const own = digests.filter(({ key }) => gets.includes(key));
  const { hour, follows, muted, pausedUntil } = subscriber;
  const feed = (format: string): string | undefined =>
    feedKey === undefined ? undefined : siteUrl(site, `f/${feedKey}/${format}`);
  return {
    path: 'm/',
    template: 'preferences',
    title: 'Your preferences',
    description: 'What you get by mail, and when.',
    feeds: [],
    isListed: false,
    view: {
      note: note?.text,
      noteClass: note?.isFault === true ? 'form-fault' : 'form-note',
      isSubscribed: own.length > 0,
      hasSeveral: own.length > 1,
      subscribeHref: site.hasSignUp === true ? pageHref(site, subscribePath) : undefined,
      digests: own.map(({ key, name, topics }) => {
        const subscription = subscriber.subscriptions.find(({ digest }) => digest === key);
        return {
          key,
          name: line(name),
          topics: topics.map((topic) => ({
            value: `${key}/${topic}`,
            name: topicNames.get(topic) ?? topic,
            isChosen: subscription?.topics?.includes(topic) ?? true,
          })),
          cadences: cadenceChoices(subscription?.cadence ?? 'every'),
        };
      }),
      hours: hourChoices(hour),
      zones: zoneChoices(hour?.zone ?? own[0]?.zone ?? 'Etc/UTC'),
      pausedUntil: pausedUntil !== undefined && pausedUntil >= tomorrow ? pausedUntil : '',
      tomorrow,
      authors: follows.authors.join('\n'),
      labs: follows.labs.join('\n'),
      words: follows.words.join('\n'),
      muted: muted.join('\n'),
      feedRss: feed('rss.xml'),
      feedAtom: feed('atom.xml'),
      feedJson: feed('feed.json'),
    },
  };
}
