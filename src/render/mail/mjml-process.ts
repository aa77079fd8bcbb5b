/* A process of its own that compiles one MJML source, from its input to its output: `{ html }` or `{ fault }` as JSON. */
import { text } from 'node:stream/consumers';
import { asError } from '../../errors.ts';
import { compileMjml } from './mjml.ts';

const result = await text(process.stdin)
  .then(compileMjml)
  .then(
    (html) => ({ html }),
    (thrown: unknown) => ({ fault: asError(thrown).message }),
  );
process.stdout.write(JSON.stringify(result));
