import { z } from 'zod';
import { block, language, list, oneOf, slug, text, whole, zone } from '../config/values.ts';
import { plainLine } from '../domain/paper.ts';
import { cadences, choosers, isAddress, origins } from '../domain/subscriber.ts';
import { isCalendarDate } from '../domain/time.ts';

/*
 * The shapes of what the API takes and gives, the only place where they stand: requests are checked by them and the
 * OpenAPI document is made of them.
 */

export const addressSchema = text('a mail address such as ada@example.org', (value) =>
  isAddress(value.normalize('NFC').trim()),
).meta({
  description: 'As it is written; case and Unicode form make no other address.',
  examples: ['ada@example.org'],
});

export const digestKey = slug.meta({
  description: 'The key of a digest in the configuration.',
  examples: ['daily'],
});

export const calendarDay = text('a calendar day such as 2026-11-24', isCalendarDate).meta({
  format: 'date',
  examples: ['2026-11-24'],
});

const instant = z.string().meta({ format: 'date-time', examples: ['2026-11-24T06:00:00Z'] });

export const stateSchema = oneOf(['confirmed', 'pending', 'unsubscribed']).meta({
  description: 'Mail goes to confirmed ones only; `pending` waits for a yes; `unsubscribed` is a no.',
});

const words = list(text('one line of at most 100 characters', isLine(100)), 'a list of lines of text').max(
  50,
  { error: 'at most 50 lines' },
);

const subscriptionSchema = block({
  digest: digestKey,
  state: stateSchema,
  topics: list(slug, 'a list of topic keys such as [agents]')
    .min(1, { error: 'at least one topic key; leave topics out for all' })
    .max(1000, { error: 'at most 1000 topic keys' })
    .meta({ description: 'Topic keys of the digest; all of them when left out.', examples: [['agents']] })
    .optional(),
  cadence: oneOf(cadences)
    .meta({ description: `How often mail comes; \`${cadences[0]}\` when left out.` })
    .optional(),
});

/** What PUT takes and GET shows under `choices`. */
export const choicesSchema = block({
  name: text('a name on one line, at most 200 characters', isLine(200)).optional(),
  language: language.meta({ description: 'BCP 47', examples: ['en'] }).optional(),
  hour: block({
    time: text('a time of the day such as 07:30', (value) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(value)).meta({
      examples: ['07:30'],
    }),
    zone: zone
      .meta({ description: "IANA zone; the digest's when left out.", examples: ['Europe/Berlin'] })
      .optional(),
  })
    .meta({ description: 'When mail is due; with the edition when left out.' })
    .optional(),
  pausedUntil: calendarDay.meta({ description: 'No mail before that day.' }).optional(),
  follows: block({ authors: words.optional(), labs: words.optional(), words: words.optional() })
    .meta({ description: 'Their papers come first.' })
    .optional(),
  muted: words.meta({ description: 'Papers with one of these words are not shown.' }).optional(),
  subscriptions: list(subscriptionSchema, 'a list of subscriptions')
    .max(200, { error: 'at most 200 subscriptions' })
    .meta({
      description: 'All of them: one that is left out ends, as if it were `unsubscribed`.',
    }),
}).meta({
  description: 'What a subscriber chose. Everything that is left out is empty afterwards.',
  examples: [
    {
      name: 'Ada Example',
      hour: { time: '07:30', zone: 'Europe/Berlin' },
      subscriptions: [{ digest: 'daily', state: 'confirmed', topics: ['agents'] }],
    },
  ],
});

export type Choices = z.output<typeof choicesSchema>;

export const subscriberSchema = block({
  address: z.string(),
  choices: choicesSchema,
  noMailOf: z.array(z.string()).meta({
    description:
      'Digests of which no mail goes to the address, `*` for all mail, whatever the choices say: somebody said no, or mail cannot be delivered.',
  }),
  origin: z.enum(origins).meta({ description: 'Where the subscriber came from.' }),
  createdAt: instant,
  changedAt: instant,
  changedBy: z.enum(choosers).meta({ description: 'Whose word the choices for all digests are.' }),
}).meta({
  description: 'A person with an address.',
  examples: [
    {
      address: 'ada@example.org',
      choices: {
        name: 'Ada Example',
        subscriptions: [{ digest: 'daily', state: 'confirmed', cadence: 'every' }],
      },
      noMailOf: [],
      origin: 'operator',
      createdAt: '2026-11-24T06:00:00Z',
      changedAt: '2026-11-24T06:00:00Z',
      changedBy: 'operator',
    },
  ],
});

export type ApiSubscriber = z.output<typeof subscriberSchema>;

/** Ask again with it for what follows. */
export const cursorSchema = text('a cursor as "next" of a page gave it', (value) =>
  /^[a-z0-9]{1,11}$/.test(value),
);

export const limitSchema = whole(1, 200, 'a whole number').meta({
  description: 'How many a page may have; 50 when left out.',
});

const next = cursorSchema
  .meta({ description: 'The cursor of the next page; not there on the last one.' })
  .optional();

export const subscriberPageSchema = block({ items: z.array(subscriberSchema), next }).meta({
  description: 'Subscribers in the order in which they came.',
});

export const editionHeadSchema = block({
  digest: z.string(),
  editionDate: z.string().meta({ format: 'date' }),
  number: z.int().min(1),
  publishedAt: instant,
  href: z.string().meta({ format: 'uri', description: 'Where the whole edition is.' }),
}).meta({ description: 'What names an edition.' });

export const editionPageSchema = block({ items: z.array(editionHeadSchema), next }).meta({
  description: 'Editions, the last published first.',
});

function isLine(most: number): (value: string) => boolean {
  return (value) =>
    plainLine(value) !== '' &&
    value.length <= most &&
    value.isWellFormed() &&
    !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(value);
}
