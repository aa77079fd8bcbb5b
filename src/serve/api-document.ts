import { z } from 'zod';
import { siteUrl, type Site } from '../domain/site.ts';
import type { ProblemStatus } from './api-answer.ts';
import { editionSchema } from './api-edition-schema.ts';
import { noBody, type Operation, type RequestHeader, type Success } from './api-operation.ts';
import { problemSchema } from './api-problem-schema.ts';
import {
  choicesSchema,
  editionHeadSchema,
  editionPageSchema,
  subscriberPageSchema,
  subscriberSchema,
} from './api-subscriber-schema.ts';

/** Shapes that stand in the document once, by name. */
const named: readonly (readonly [string, z.ZodType])[] = [
  ['Problem', problemSchema],
  ['Choices', choicesSchema],
  ['Subscriber', subscriberSchema],
  ['SubscriberPage', subscriberPageSchema],
  ['Edition', editionSchema],
  ['EditionHead', editionHeadSchema],
  ['EditionPage', editionPageSchema],
];

type Json = Readonly<Record<string, unknown>>;

/** What the API is, as OpenAPI 3.1 (JSON Schema 2020-12), made of the shapes by which requests are checked. */
export function apiDocument(site: Site, operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method] = operationObject(operation);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: `${site.title}: subscribers and editions`,
      version: '1',
      description:
        'JSON in and out. Every fault is answered as `application/problem+json`. A POST, PUT or DELETE with an ' +
        '`Idempotency-Key` is done once: the same request again within 24 hours gets the same answer.',
    },
    servers: [{ url: siteUrl(site, 'api/v1') }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: namedSchemas(),
    },
  };
}

function namedSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: refTo });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)]));
}

function refTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/** Without what names it outside of this document. */
function bare(schema: Json): Json {
  const { $schema: _, $id: __, ...rest } = schema;
  return rest;
}

function schemaOf(schema: z.ZodType): Json {
  const name = named.find(([, one]) => one === schema)?.[0];
  return name === undefined ? bare(z.toJSONSchema(schema)) : { $ref: refTo(name) };
}

function operationObject(operation: Operation): Json {
  const { id, summary, description, isOpen, parameters, query, heeds, body } = operation;
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    ...(isOpen && { security: [] }),
    parameters: [
      ...Object.entries(parameters.shape).map(([name, schema]) => parameter(name, 'path', schema)),
      ...Object.entries(query.shape).map(([name, schema]) => parameter(name, 'query', schema)),
      ...heeds.map(headerParameter),
    ],
    ...(body !== noBody && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } },
    }),
    responses: responses(operation),
  };
}

function parameter(name: string, place: 'path' | 'query', schema: z.core.$ZodType): Json {
  const { description, ...rest } = bare(z.toJSONSchema(schema));
  return {
    name,
    in: place,
    ...(place === 'path' && { required: true }),
    ...(description !== undefined && { description }),
    schema: rest,
  };
}

const headerWords: Readonly<Record<RequestHeader, string>> = {
  'If-Match': 'Only when the ETag is still one of these (RFC 9110 section 13.1.1); else 412.',
  'If-None-Match':
    'GET: 304 when the ETag is one of these. PUT: `*` when there must be none yet (RFC 9110 section 13.1.2); else 412.',
  'Idempotency-Key':
    'A text of the client, new for each request and the same for each try of it, such as "8e03978e-40d5-43dd-bc93-6894a57f9324". With another request 422, while that is under way 409.',
};

function headerParameter(name: RequestHeader): Json {
  return { name, in: 'header', description: headerWords[name], schema: { type: 'string' } };
}

const problemWords: Readonly<Record<ProblemStatus, string>> = {
  400: 'A part of the request is not as this document says.',
  401: 'There is no good token.',
  404: 'There is none.',
  405: 'Not with this method.',
  409: 'The address takes no such mail (`no-mail`), or a request with this key is under way (`under-way`).',
  412: 'The precondition does not hold.',
  413: 'The body is longer than 64 KB.',
  415: 'The body is no JSON.',
  422: 'The key was used for another request.',
  428: 'A precondition is needed.',
  429: 'Too many tries without a good token; see Retry-After.',
  500: 'A fault of ours.',
};

function responses({ answers, problems, isOpen }: Operation): Json {
  const statuses: ProblemStatus[] = isOpen ? [...problems, 500] : [...problems, 401, 429, 500];
  return Object.fromEntries([
    ...Object.entries(answers).map(([status, success]) => [status, successObject(success)]),
    ...statuses.map((status) => [String(status), problemObject(status)]),
  ]);
}

function successObject({ description, schema, headers = [] }: Success): Json {
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])),
    }),
    ...(schema && { content: { 'application/json': { schema: schemaOf(schema) } } }),
  };
}

const problemHeaders: Readonly<Partial<Record<ProblemStatus, string>>> = {
  401: 'WWW-Authenticate',
  429: 'Retry-After',
};

function problemObject(status: ProblemStatus): Json {
  const header = problemHeaders[status];
  return {
    description: problemWords[status],
    ...(header !== undefined && { headers: { [header]: { schema: { type: 'string' } } } }),
    content: { 'application/problem+json': { schema: { $ref: refTo('Problem') } } },
  };
}
