import { z } from 'zod';
import { readableRow, spellings } from './row.ts';

/** Where editors find it, beside the files; a test holds it up to date. */
export const schemaFile = 'subscriber.schema.json';

const descriptions: Readonly<Record<string, string>> = {
  address: 'The mail address, such as ada@example.org. Only of people who asked for the mail.',
  name: "The reader's name, on one line.",
  digests: 'Keys of digests in the configuration; all digests when left out.',
  topics: 'Keys of topics in the configuration; all topics of the digest when left out.',
  hour: 'When the mail is due, such as 07:30: the first such time after the edition; with the edition when left out.',
  zone: "The IANA time zone of the hour, such as Europe/Berlin; the digest's when left out.",
  cadence: 'How often mail comes; with every edition when left out.',
  state: 'confirmed, or unsubscribed: then no mail goes there, whatever another file says.',
};

/** The schema as it stands in its file, short lists on one line. */
export function schemaText(): string {
  const text = JSON.stringify(subscriberFileSchema(), undefined, 2);
  return `${text.replaceAll(/\[\s+("[^{}[\]]*")\s+\]/g, (_, list: string) => `[${list.split(/,\s+/).join(', ')}]`)}\n`;
}

/**
 * The JSON Schema (2020-12) of a YAML file of subscribers, made from the schema that reads its rows, for editors that
 * check and complete what is typed. It knows less than the program: whether an address, hour or zone is one.
 */
export function subscriberFileSchema(): Readonly<Record<string, unknown>> {
  const made = z.toJSONSchema(readableRow, { io: 'input' });
  const properties: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(made.properties ?? {})) {
    properties[key] = { ...Object(value), description: descriptions[key] };
  }
  for (const [spelling, key] of Object.entries(spellings)) {
    properties[spelling] = { ...Object(properties[key]), description: `Another name of ${key}.` };
  }
  const one = { type: 'string', description: 'The key of one digest.' };
  return {
    $schema: made.$schema,
    title: 'Subscribers of Broadsheet',
    type: 'array',
    items: {
      type: 'object',
      properties: { ...properties, digest: { anyOf: [one, properties['digests']] } },
      additionalProperties: false,
      oneOf: [{ required: ['address'] }, { required: ['email'] }],
      not: { required: ['digest', 'digests'] },
    },
  };
}
