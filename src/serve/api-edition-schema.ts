import { z } from 'zod';

/*
 * A frozen edition as it is stored (`domain/edition.ts`), open at its ends: one of another version of the program has
 * more members, and is given as it is.
 */

const milliseconds = z.int().meta({ description: 'Milliseconds since 1970-01-01T00:00:00Z.' });
const day = z.string().meta({ format: 'date' });
const topicKeys = z.array(z.string());

const paper = z.looseObject({
  id: z.string(),
  version: z.int().optional(),
  title: z.string(),
  abstract: z.string().meta({ description: 'Plain text.' }),
  authors: z.array(z.looseObject({ name: z.string(), affiliation: z.string().optional() })),
  authorCount: z.int().min(0),
  categories: z.array(z.string()),
  links: z.looseObject({ abstract: z.string() }),
  organization: z.string().optional(),
  doi: z.string().optional(),
  submittedAt: milliseconds.optional(),
  firstSeenAt: milliseconds,
  source: z.string(),
  counts: z.record(z.string(), z.number()),
});

const pick = z.looseObject({
  paper,
  topic: z.string(),
  alsoIn: topicKeys,
  score: z.looseObject({
    value: z.number().meta({ description: 'Expected final votes; the parts add up to it.' }),
    parts: z.array(z.looseObject({ name: z.string(), value: z.number() })),
  }),
  why: z.string(),
  rank: z.int().min(1),
});

const updated = z.looseObject({
  id: z.string(),
  topics: topicKeys,
  title: z.string(),
  url: z.string(),
  fields: z.array(z.string()),
});

const titleOnly = z.looseObject({ id: z.string(), title: z.string(), url: z.string(), topics: topicKeys });

const source = z.looseObject({ name: z.string(), state: z.string(), added: z.int() });

export const editionSchema = z
  .looseObject({
    digest: z.string(),
    digestName: z.string(),
    topics: z.array(z.looseObject({ key: z.string(), name: z.string() })),
    editionDate: day,
    number: z.int().min(1),
    publishedAt: milliseconds,
    zone: z.string(),
    sections: z.array(z.looseObject({ topic: z.string(), name: z.string(), picks: z.array(pick) })),
    outside: z.array(pick),
    updated: z.array(updated),
    alsoNew: z.array(titleOnly),
    coverage: z.looseObject({
      fromAt: milliseconds.optional(),
      toAt: milliseconds,
      newPapers: z.int(),
      revisedPapers: z.int(),
      sources: z.array(source),
    }),
  })
  .meta({ description: 'An edition as it was frozen when it was published, byte for byte.' });
