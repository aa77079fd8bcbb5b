import type { AlarmBody } from './alarm-plan.ts';
import type { Trouble } from './troubles.ts';

/** What an alarm says. */
export interface AlarmWords {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

/** The words of an alarm for people. No address of a reader is among them. */
export function alarmWords(siteTitle: string, { begun, lasting, ended }: AlarmBody): AlarmWords {
  const open = [...begun, ...lasting];
  const [first] = open;
  const what = first ? named(first) : ended.length === 1 ? `over: ${ended[0] ?? ''}` : 'over';
  const more = first && open.length > 1 ? ` and ${open.length - 1} more` : '';
  return {
    subject: `${siteTitle}: ${what}${more}`,
    heading: first ? 'Something needs a look' : 'All of this is over',
    paragraphs: [
      ...begun.map((trouble) => sentence('Since now', trouble)),
      ...lasting.map((trouble) => sentence('Still', trouble)),
      ...ended.map((id) => `Over: ${id}.`),
    ],
  };
}

function named({ name, about }: Trouble): string {
  return about === undefined ? name : `${name}: ${about}`;
}

function sentence(when: string, trouble: Trouble): string {
  const { severity, expected, came, advice } = trouble;
  const mark = severity === 'critical' ? ' (critical)' : '';
  return `${when}${mark}: ${named(trouble)}. Expected ${expected}; got ${came}. What to do: ${advice}.`;
}
