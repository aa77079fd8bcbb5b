import { z } from 'zod';

/** RFC 9457, with the members `code` and `errors`. */
export const problemSchema = z
  .strictObject({
    type: z.literal('about:blank').meta({ description: 'The status says what kind of problem it is.' }),
    title: z.string().meta({ description: 'The name of the status.' }),
    status: z.int().min(400).max(599),
    code: z.string().meta({ description: 'Names the problem for programs; never changes.' }),
    detail: z.string().meta({ description: 'What was expected, what came and what to do.' }).optional(),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'Where in the body, as a JSON Pointer.' }).optional(),
          parameter: z.string().meta({ description: 'Which part of the path, query or header.' }).optional(),
          detail: z.string(),
        }),
      )
      .meta({ description: 'Every fault of the request, each with its place.' })
      .optional(),
  })
  .meta({
    description: 'Why a request was not answered (RFC 9457).',
    examples: [
      {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        code: 'invalid',
        detail: 'the request has faults; nothing was changed',
        errors: [{ pointer: '#/mutd', detail: 'unknown key; did you mean "muted"?' }],
      },
    ],
  });

export type Problem = z.output<typeof problemSchema>;
