import type { z } from 'zod';
import { partsOf, problem, type ApiAnswer } from './api-answer.ts';
import type { ApiRequest, ApiRoute, Operation } from './api-operation.ts';

/** What an operation does for requests that are as it says; any other is answered 400 with every fault of it. */
export function route<Path extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  operation: Operation<Path, Query, Body>,
  act: (request: ApiRequest<z.output<Path>, z.output<Query>, z.output<Body>>) => Promise<ApiAnswer>,
): ApiRoute {
  return {
    operation,
    answer: async (raw) => {
      const parameters = operation.parameters.safeParse(raw.parameters);
      const query = operation.query.safeParse(raw.query);
      const body = operation.body.safeParse(raw.body);
      const errors = [
        ...(parameters.success ? [] : partsOf(parameters.error, raw.parameters, 'parameters')),
        ...(query.success ? [] : partsOf(query.error, raw.query, 'parameters')),
        ...(body.success ? [] : partsOf(body.error, raw.body, 'body')),
      ];
      if (!parameters.success || !query.success || !body.success) {
        return problem(400, 'invalid', 'the request has faults; nothing was changed', { errors });
      }
      return act({ ...raw, parameters: parameters.data, query: query.data, body: body.data });
    },
  };
}
