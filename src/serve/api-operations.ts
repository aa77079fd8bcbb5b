import { z } from 'zod';
import { block } from '../config/values.ts';
import { editionSchema } from './api-edition-schema.ts';
import { noBody, type Operation } from './api-operation.ts';
import {
  addressSchema,
  calendarDay,
  choicesSchema,
  cursorSchema,
  digestKey,
  editionPageSchema,
  limitSchema,
  stateSchema,
  subscriberPageSchema,
  subscriberSchema,
} from './api-subscriber-schema.ts';

const nothing = block({});
const address = block({ address: addressSchema });
const page = { limit: limitSchema.optional(), cursor: cursorSchema.optional() };
const unchanged = { description: 'What the client has is what there is.', headers: ['ETag'] } as const;

function operation<Path extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  one: Operation<Path, Query, Body>,
): Operation<Path, Query, Body> {
  return one;
}

export const listSubscribers = operation({
  id: 'listSubscribers',
  method: 'get',
  path: '/subscribers',
  summary: 'Subscribers, a page at a time',
  parameters: nothing,
  query: block({
    ...page,
    digest: digestKey.meta({ description: 'Those with a subscription to this digest.' }).optional(),
    state: stateSchema.meta({ description: 'Those with a subscription in this state.' }).optional(),
  }),
  body: noBody,
  heeds: ['If-None-Match'],
  answers: {
    200: { description: 'A page.', schema: subscriberPageSchema, headers: ['ETag'] },
    304: unchanged,
  },
  problems: [400],
});

export const getSubscriber = operation({
  id: 'getSubscriber',
  method: 'get',
  path: '/subscribers/{address}',
  summary: 'One subscriber',
  parameters: address,
  query: nothing,
  body: noBody,
  heeds: ['If-None-Match'],
  answers: {
    200: { description: 'The subscriber.', schema: subscriberSchema, headers: ['ETag'] },
    304: unchanged,
  },
  problems: [400, 404],
});

export const putSubscriber = operation({
  id: 'putSubscriber',
  method: 'put',
  path: '/subscribers/{address}',
  summary: 'Create or change a subscriber',
  description:
    'With `If-None-Match: *` it creates, with `If-Match` and the ETag of a GET it changes. Whoever makes somebody a ' +
    'reader answers for their consent; it is recorded as given by way of the API. A no stands: it is answered 409, and ' +
    'only the person themselves can take it back, on the pages of the site.',
  parameters: address,
  query: nothing,
  body: choicesSchema,
  heeds: ['If-Match', 'If-None-Match', 'Idempotency-Key'],
  answers: {
    200: { description: 'Changed, or was so already.', schema: subscriberSchema, headers: ['ETag'] },
    201: { description: 'Created.', schema: subscriberSchema, headers: ['ETag', 'Location'] },
  },
  problems: [400, 409, 412, 413, 415, 422, 428],
});

export const unsubscribe = operation({
  id: 'unsubscribe',
  method: 'delete',
  path: '/subscribers/{address}',
  summary: 'End all mail to an address',
  description:
    'A no of its owner to everything, from now on, also for mails that wait already and for an address that is not ' +
    'known. The subscriber stays, with all subscriptions ended. Needs no precondition.',
  parameters: address,
  query: nothing,
  body: noBody,
  heeds: ['If-Match', 'Idempotency-Key'],
  answers: { 204: { description: 'No mail goes to the address.' } },
  problems: [400, 409, 412, 422],
});

export const erase = operation({
  id: 'erase',
  method: 'post',
  path: '/subscribers/{address}/erase',
  summary: 'Forget all about an address',
  description: 'Only a keyed hash stays, so that nothing brings the address back.',
  parameters: address,
  query: nothing,
  body: noBody,
  heeds: ['Idempotency-Key'],
  answers: { 204: { description: 'Forgotten, or was not known.' } },
  problems: [400, 409, 422],
});

export const listEditions = operation({
  id: 'listEditions',
  method: 'get',
  path: '/editions',
  summary: 'Editions, a page at a time',
  parameters: nothing,
  query: block({
    ...page,
    digest: digestKey.meta({ description: 'Those of this digest.' }).optional(),
  }),
  body: noBody,
  heeds: ['If-None-Match'],
  answers: {
    200: { description: 'A page.', schema: editionPageSchema, headers: ['ETag'] },
    304: unchanged,
  },
  problems: [400],
});

export const getEdition = operation({
  id: 'getEdition',
  method: 'get',
  path: '/editions/{digest}/{date}',
  summary: 'One edition',
  parameters: block({ digest: digestKey, date: calendarDay }),
  query: nothing,
  body: noBody,
  heeds: ['If-None-Match'],
  answers: {
    200: { description: 'The edition.', schema: editionSchema, headers: ['ETag'] },
    304: unchanged,
  },
  problems: [400, 404],
});

export const getDocument = operation({
  id: 'getDocument',
  method: 'get',
  path: '/openapi.json',
  summary: 'This document',
  isOpen: true,
  parameters: nothing,
  query: nothing,
  body: noBody,
  heeds: ['If-None-Match'],
  answers: {
    200: {
      description: 'OpenAPI 3.1',
      schema: z.looseObject({ openapi: z.string() }),
      headers: ['ETag'],
    },
    304: unchanged,
  },
  problems: [400],
});
