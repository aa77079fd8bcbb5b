import type { Digest } from '../../domain/digest.ts';
import type { Site } from '../../domain/site.ts';
import type { Cadence, ReadingHour } from '../../domain/subscriber.ts';
import { line } from './prose.ts';
import { cadenceChoices, hourChoices, zoneChoices } from './form-choices.ts';
import { pageHref } from './links.ts';
import type { WebPage } from './templates.ts';

export const subscribePath = 'subscribe/';
export const subscribeScriptPath = 'subscribe/form.js';

/** What stands in the fields of the sign-up form. */
export interface SubscribeFields {
  readonly address: string;
  /** Keys; none means all. */
  readonly digests: readonly string[];
  /** `digest/topic`. */
  readonly topics: readonly string[];
  readonly cadence: Cadence;
  readonly hour?: ReadingHour;
  readonly zone: string;
}

export interface SubscribeForm {
  readonly fields: SubscribeFields;
  /** What has to be done before it can be sent, a sentence. */
  readonly fault?: string;
  /** The moment it was shown, signed. */
  readonly stamp: string;
  readonly workBits: number;
  /** Whether the fields are the reader's own, so that the browser's zone does not replace theirs. */
  readonly isFilled: boolean;
}

/** The page to join, and to ask for a lost link. */
export function subscribePage(site: Site, digests: readonly Digest[], form: SubscribeForm): WebPage {
  const { fields, fault, stamp, workBits, isFilled } = form;
  const title = `Get ${line(site.title)} by mail`;
  const topicNames = new Map(site.topics.map(({ key, name }) => [key, line(name)]));
  return {
    path: subscribePath,
    template: 'subscribe',
    title,
    description: `Choose topics, hour and how often ${line(site.title)} comes by mail.`,
    feeds: [],
    isListed: true,
    view: {
      title,
      fault,
      stamp,
      workBits: workBits === 0 ? undefined : workBits,
      action: pageHref(site, subscribePath),
      scriptHref: pageHref(site, subscribeScriptPath),
      isGuessing: !isFilled,
      address: fields.address,
      hasSeveral: digests.length > 1,
      digests: digests.map(({ key, name, description, topics }) => ({
        key,
        name: line(name),
        description: line(description),
        isChosen: fields.digests.length === 0 || fields.digests.includes(key),
        topics: topics.map((topic) => ({
          value: `${key}/${topic}`,
          name: topicNames.get(topic) ?? topic,
          isChosen: fields.topics.includes(`${key}/${topic}`),
        })),
      })),
      cadences: cadenceChoices(fields.cadence),
      hours: hourChoices(fields.hour),
      zones: zoneChoices(fields.zone),
      contact: site.contact,
    },
  };
}
