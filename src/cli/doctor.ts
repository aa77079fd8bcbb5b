import { openApp, type App } from '../app.ts';
import type { Config } from '../config/config.ts';
import { fault, ok, type CheckFinding } from '../deliver/preflight/finding.ts';
import { createLookup, type Lookup } from '../deliver/preflight/lookup.ts';
import { asError, ConfigError } from '../errors.ts';
import { readConfig, type Context } from './context.ts';
import { checkedAfar } from './doctor-afar.ts';
import { checkedHere } from './doctor-here.ts';
import { mailFindings, tellFindings } from './doctor-mail.ts';
import type { ExitCode } from './exit-code.ts';

/**
 * Looks at everything that Broadsheet lives by and says of each whether it is as it has to be, and what to do where it is
 * not; sends nothing. `offline` leaves out what is reached over the network. The exit code is 3 when there is a fault.
 */
export async function doctor(
  context: Context,
  { offline = false, lookup = createLookup(context.signal) }: { offline?: boolean; lookup?: Lookup } = {},
): Promise<ExitCode> {
  return tellFindings(context, await findings(context, offline, lookup)) === 0 ? 0 : 3;
}

async function findings(
  context: Context,
  offline: boolean,
  lookup: Lookup,
): Promise<readonly CheckFinding[]> {
  let config: Config;
  try {
    config = readConfig(context);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const advice = 'mend it: nothing else can be looked at before';
    return thrown.faults.map(({ file, line, path, message }) =>
      fault(`configuration ${file}:${line}${path === '' ? '' : ` ${path}`}`, 'no faults', message, advice),
    );
  }
  const found = [ok('configuration', 'no faults', 'no faults'), ...(await checkedHere(config, Date.now()))];
  let app: App;
  try {
    app = await openApp(config, { now: context.now(), clock: Date.now });
  } catch (thrown) {
    if (thrown instanceof ConfigError) {
      const advice = 'mend it, or take it away: then ours stands in its place';
      const told = thrown.faults.map(({ file, line, column, message }) =>
        fault(`template ${file}:${line}:${column}`, 'no faults', message, advice),
      );
      return [...found, ...told];
    }
    return [
      ...found,
      fault(
        'program',
        'that it opens',
        asError(thrown).message,
        'do what it says; the rest cannot be looked at before',
      ),
    ];
  }
  await using opened = app;
  found.push(ok('schema of the database', 'that of this program', 'up to date'), await templates(opened));
  if (!offline) found.push(...(await checkedAfar(opened, context)));
  return [...found, ...(await mailFindings(opened, context, offline ? undefined : lookup))];
}

async function templates(app: App): Promise<CheckFinding> {
  const [check, expected] = ['templates', 'that all compile'];
  try {
    await Promise.all([app.mail(), app.noticeMail()]);
    return ok(check, expected, 'pages and mails do');
  } catch (thrown) {
    return fault(
      check,
      expected,
      asError(thrown).message,
      'install the program anew, or mend what you changed in templates/',
    );
  }
}
