import type { BounceReason } from './report.ts';

/** What the last two numbers of an enhanced code say (RFC 3463 section 3, and the registry of RFC 5248). */
export const enhancedReasons: Readonly<Record<string, BounceReason>> = {
  '1.1': 'unknown user',
  '1.2': 'unknown host',
  '1.3': 'unknown user',
  '1.4': 'unclear',
  '1.6': 'moved',
  '1.7': 'policy',
  '1.8': 'policy',
  '1.9': 'policy',
  '1.10': 'takes no mail',
  '2.0': 'filtered',
  '2.1': 'disabled',
  '2.2': 'mailbox full',
  '2.3': 'too big',
  '2.4': 'system',
  '3.0': 'system',
  '3.1': 'system',
  '3.2': 'system',
  '3.3': 'system',
  '3.4': 'too big',
  '3.5': 'system',
  '4.0': 'unreachable',
  '4.1': 'unreachable',
  '4.2': 'unreachable',
  '4.3': 'unreachable',
  '4.4': 'unreachable',
  '4.5': 'too many',
  '4.6': 'system',
  '4.7': 'expired',
  '5.3': 'too many',
  '7.17': 'moved',
  '7.18': 'moved',
};

/** What the whole of a subject (the middle number) is about where the last number is not in the table. */
const subjectReasons: Readonly<Record<string, BounceReason>> = {
  '3': 'system',
  '4': 'unreachable',
  '5': 'system',
  '6': 'policy',
  '7': 'policy',
};

/** The reason that an enhanced code such as `5.1.1` names; undefined where it names none, as `5.0.0`. */
export function enhancedReason(status: string | undefined): BounceReason | undefined {
  const [, subject, detail] = /^[245]\.(\d{1,3})\.(\d{1,3})$/.exec(status ?? '') ?? [];
  if (subject === undefined) return undefined;
  return enhancedReasons[`${subject}.${detail}`] ?? subjectReasons[subject];
}

/** What the plain reply codes say by themselves (RFC 5321 section 4.2.3, RFC 7504; 542 is of one large filter service). */
export function replyReason(code: number | undefined): BounceReason | undefined {
  switch (code) {
    case 421:
    case 450:
    case 451:
      return 'too many';
    case 452:
      return 'mailbox full';
    case 521:
    case 556:
      return 'takes no mail';
    case 542:
      return 'unknown user';
    case 551:
      return 'moved';
    case 552:
      return 'mailbox full';
    case 530:
    case 535:
      return 'authentication';
    default:
      return undefined;
  }
}
