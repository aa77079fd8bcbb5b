import { hourMs, minuteMs, secondMs } from '../domain/time.ts';
import type { SubmissionAnswer } from './transport.ts';

/** How far the SMTP session had come when the reply arrived; `content` is the reply to the final dot. */
export type SmtpStage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data' | 'content';

export interface SmtpReply {
  /** RFC 5321 section 4.2. */
  readonly code: number;
  /** RFC 3463: `5.1.1`; undefined where the server gives none. */
  readonly enhanced?: string;
  /** On one line, without control characters, at most 500 characters. */
  readonly text: string;
}

type Verdict =
  | 'accepted'
  | 'deferred'
  | 'deferred domain'
  | 'deferred relay'
  | 'rejected'
  | 'blocked sender'
  | 'blocked message';

interface Rule {
  readonly stages: readonly SmtpStage[];
  readonly reply: RegExp;
  readonly verdict: Verdict;
  /** A reply that this rule decides at its first stage. */
  readonly example: string;
}

const session: readonly SmtpStage[] = ['connect', 'auth', 'mail'];
const message: readonly SmtpStage[] = ['rcpt', 'data', 'content'];
const everywhere: readonly SmtpStage[] = [...session, ...message];

/**
 * The first rule that fits decides; it sees `code enhanced text`. A refusal for policy or reputation is
 * ours, not the reader's (RFC 3463: 5.7.x; RFC 7505 and 7372 beside it), so it blocks instead of rejecting.
 * A code that no rule knows goes by its class: 4 later, 5 never.
 */
export const replyRules: readonly Rule[] = [
  { stages: ['content'], reply: /^2/, verdict: 'accepted', example: '250 2.0.0 Ok: queued as 4FAB12' },
  {
    stages: everywhere,
    reply: /^4.*\bgr[ae]y-?list/i,
    verdict: 'deferred',
    example: '451 4.7.1 Greylisting in action, please come back later',
  },
  { stages: session, reply: /^4/, verdict: 'deferred relay', example: '421 4.3.2 Service is shutting down' },
  {
    stages: message,
    reply: /^454\b|^4.*\b(?:throttling failure|maximum sending rate|insufficient (?:system|disk) storage)\b/i,
    verdict: 'deferred relay',
    example: '454 Throttling failure: Maximum sending rate exceeded.',
  },
  {
    stages: message,
    reply: /^421 (?!4\.7\.)/,
    verdict: 'deferred relay',
    example: '421 Closing the connection',
  },
  {
    stages: message,
    reply: /^(?:421 4\.7\.\d|4\d\d 4\.7\.\d{2})/,
    verdict: 'deferred domain',
    example: '421 4.7.28 An unusual rate of mail comes from you',
  },
  {
    stages: message,
    reply:
      /^4.*\b(?:rate[ -]?limit(?:ed|ing)?|throttl(?:ed|ing)|too (?:many|much) (?:mails?|messages?|connections?)|slow down|deferred due to)\b/i,
    verdict: 'deferred domain',
    example: '451 Too many messages from you, slow down',
  },
  { stages: message, reply: /^4/, verdict: 'deferred', example: '450 4.2.1 The mailbox is busy' },
  {
    stages: session,
    reply: /^5/,
    verdict: 'blocked sender',
    example: '554 5.7.1 This network is on a block list',
  },
  {
    stages: message,
    reply: /^53[058]/,
    verdict: 'blocked sender',
    example: '530 5.7.0 Authentication required',
  },
  {
    stages: message,
    reply: /^5.*\b(?:relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed))|not permitted to relay)/i,
    verdict: 'blocked sender',
    example: '550 relay not permitted',
  },
  {
    stages: message,
    reply: /^5\d\d 5\.7\.(?:17|18) /,
    verdict: 'rejected',
    example: '550 5.7.17 Mailbox owner has changed',
  },
  {
    stages: message,
    reply: /^5\d\d 5\.7\.\d/,
    verdict: 'blocked message',
    example: '550 5.7.1 Message refused by policy',
  },
  {
    stages: message,
    reply:
      /^5\d\d (?!5\.[1-6]\.).*\b(?:spam|block ?list(?:ed)?|black ?list(?:ed)?|reputation|dmarc|dkim|spf|sender (?:address )?(?:rejected|denied|refused))\b/i,
    verdict: 'blocked message',
    example: '554 Your message looks like spam',
  },
  {
    stages: message,
    reply: /^5/,
    verdict: 'rejected',
    example: '550 5.1.1 No such user here',
  },
];

/** What the server's reply at this stage means for the try. */
export function classifyReply(stage: SmtpStage, reply: SmtpReply): SubmissionAnswer {
  const line = [reply.code, reply.enhanced, reply.text]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
  const rule = replyRules.find(
    (candidate) => candidate.stages.includes(stage) && candidate.reply.test(`${line} `),
  );
  const told = { reply: line, code: reply.code };
  const verdict = rule?.verdict ?? 'deferred';
  if (verdict === 'deferred domain' || verdict === 'deferred relay') {
    const waitMs = waitIn(line);
    const about = verdict === 'deferred domain' ? 'domain' : 'relay';
    return { result: 'deferred', about, ...(waitMs !== undefined && { waitMs }), ...told };
  }
  if (verdict === 'blocked sender') return { result: 'blocked', about: 'sender', ...told };
  if (verdict === 'blocked message') return { result: 'blocked', about: 'message', ...told };
  return verdict === 'accepted' ? { result: 'accepted', reply: line } : { result: verdict, ...told };
}

/** How long the server wants us to wait: "try again in 300 seconds". */
function waitIn(line: string): number | undefined {
  const [, count, unit] =
    /\b(?:in|after|for|within)\s+(\d{1,5})\s*(s|sec|seconds?|m|min|minutes?|h|hours?)\b/i.exec(line) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const letter = unit.charAt(0).toLowerCase();
  return Number(count) * (letter === 's' ? secondMs : letter === 'm' ? minuteMs : hourMs);
}

/** What a try without a reply came to: after the hand-over the server may have the message. */
export function withoutReply(handedOver: boolean, reason: string): SubmissionAnswer {
  return { result: handedOver ? 'in_doubt' : 'deferred', reply: oneLine(reason) };
}

/** Reads a reply of one or more lines, each starting with the code; undefined when it is none. */
export function parseReply(raw: string): SmtpReply | undefined {
  const lines = raw
    .split(/\r?\n/)
    .map((line) => /^([245]\d\d)[ -]?(?:([245]\.\d{1,3}\.\d{1,3})(?:\s|$))?(.*)$/.exec(line));
  const [first] = lines;
  if (!first) return undefined;
  const enhanced = first[2];
  return {
    code: Number(first[1]),
    ...(enhanced !== undefined && { enhanced }),
    text: oneLine(lines.map((line) => line?.[3] ?? '').join(' ')),
  };
}

function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}
