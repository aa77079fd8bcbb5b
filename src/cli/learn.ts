import { learn as learnOf } from '../edition/learn.ts';
import type { Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import type { ExitCode } from './exit-code.ts';
import { lessonLine } from './summary.ts';

/** Learns the expected votes anew of the stored past; changes nothing before there is enough of it. */
export async function learn(context: Context): Promise<ExitCode> {
  const lesson = await withAppOrCopy(context, ({ db, authorHistory }) =>
    learnOf(db, context.now(), authorHistory),
  );
  context.print(context.options.json ? JSON.stringify(lesson, undefined, 2) : lessonLine(lesson));
  return 0;
}
