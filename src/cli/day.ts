import type { App } from '../app.ts';
import { calendarDate } from '../domain/time.ts';
import { UsageError } from '../errors.ts';
import { sendMails } from '../mailing.ts';
import {
  indexForSearch,
  makeEdition,
  makeViews,
  publishSite,
  readSources,
  runDay,
  type Day,
} from '../pipeline.ts';
import { openDay, type Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import { tellHub } from './hub.ts';
import type { ExitCode } from './exit-code.ts';
import { noticeWords, sendDueNotices } from './notices.ts';
import { publishStatic } from './static-site.ts';
import {
  dayLines,
  editionLine,
  filesWords,
  mailLines,
  mailsExit,
  readExit,
  readLines,
  sentWords,
  siteLine,
} from './summary.ts';

export async function run(context: Context): Promise<ExitCode> {
  return stage(context, async (app, day) => {
    const report = await runDay(app, day, todaysSlots(app, context));
    await tellHub(app, context);
    const exit = readExit(report) || mailsExit(report.mails);
    return { report, lines: dayLines(report), exit };
  });
}

export async function ingest(context: Context): Promise<ExitCode> {
  return stage(context, async (app, day) => {
    const report = await readSources(app, day);
    await indexForSearch(app, day);
    return { report, lines: readLines(report), exit: readExit(report) };
  });
}

export async function edition(context: Context): Promise<ExitCode> {
  return stage(context, async (app, day) => {
    const report = [];
    for (const slot of todaysSlots(app, context)) report.push(await makeEdition(app, day, slot));
    await makeViews(app, day);
    return { report, lines: report.map((outcome) => editionLine(outcome)), exit: 0 };
  });
}

export async function publish(context: Context, out?: string): Promise<ExitCode> {
  if (out !== undefined && context.options.dryRun) {
    throw new UsageError('--dry-run keeps no file, so it does not go with --out; leave one of them out');
  }
  return stage(context, async (app, day) => {
    const site = await publishSite(app, day);
    await tellHub(app, context);
    await indexForSearch(app, day);
    if (out === undefined) return { report: site, lines: [siteLine(site)], exit: 0 };
    const files = await publishStatic(app, day, out);
    return {
      report: { ...site, out: files },
      lines: [siteLine(site), `${out}: ${filesWords(files)}`],
      exit: 0,
    };
  });
}

export async function send(context: Context): Promise<ExitCode> {
  return stage(context, async (app, day) => {
    const notices = await sendDueNotices(app, day);
    const report = await sendMails(app, day);
    const lines = [...(notices ? [noticeWords(notices)] : []), ...mailLines(report), sentWords(report)];
    return { report: { ...report, ...(notices && { notices }) }, lines, exit: mailsExit(report) };
  });
}

/** Every digest with its local date at this moment. */
function todaysSlots(app: App, context: Context) {
  return app.digests.map((digest) => ({ digest, editionDate: calendarDate(context.now(), digest.zone) }));
}

interface StageResult {
  readonly report: unknown;
  readonly lines: readonly string[];
  readonly exit: ExitCode;
}

async function stage(
  context: Context,
  work: (app: App, day: Day) => Promise<StageResult>,
): Promise<ExitCode> {
  const onApp = async (app: App): Promise<StageResult> => {
    using day = await openDay(context);
    return await work(app, day);
  };
  const { report, lines, exit } = await withAppOrCopy(context, onApp);
  if (context.options.json) context.print(JSON.stringify(report, undefined, 2));
  else {
    if (context.options.dryRun)
      context.print('dry run, on a copy and with an outbox: nothing is stored, published or sent');
    for (const line of lines) context.print(line);
  }
  return exit;
}
