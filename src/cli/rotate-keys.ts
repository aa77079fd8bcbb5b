import { rotateSecret } from '../store/installation.ts';
import { refuseDryRun, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

/** From the next start or reload on links are signed with a new key; those in mails that are out go on working. */
export async function rotateKeys(context: Context): Promise<ExitCode> {
  refuseDryRun(context);
  const keys = await withApp(context, ({ db }) => rotateSecret(db));
  context.print(
    context.options.json
      ? JSON.stringify({ keys })
      : `links are signed with a new key; ${keys} keys verify them. "broadsheet start" uses it from its next start or SIGHUP on.`,
  );
  return 0;
}
