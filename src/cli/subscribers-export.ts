import { csvExport, jsonExport } from '../subscribers/export.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { filterOf } from './subscribers-choice.ts';
import type { FilterOptions } from './subscribers-options.ts';

/** Writes the readers that a filter means to standard output, as fast as they are taken. */
export async function exportSubscribers(
  context: Context,
  options: FilterOptions & { readonly format: 'csv' | 'json' },
): Promise<ExitCode> {
  return withApp<ExitCode>(context, async ({ db, config }) => {
    const filter = filterOf(options, config);
    const isJson = options.format === 'json' || context.options.json === true;
    let waiting = '';
    for await (const text of isJson ? jsonExport(db, filter) : csvExport(db, filter)) {
      context.signal.throwIfAborted();
      waiting += text;
      if (waiting.length < 64 * 1024) continue;
      await written(waiting);
      waiting = '';
    }
    await written(waiting);
    return 0;
  });
}

async function written(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
