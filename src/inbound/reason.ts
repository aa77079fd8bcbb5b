import { enhancedReason, replyReason } from './enhanced-codes.ts';
import { bounceKind, type BounceReason } from './report.ts';
import type { WordRule } from './word-rule.ts';
import { wordsAboutAddresses } from './words-about-addresses.ts';
import { wordsAboutLimits, wordsAboutTheWay } from './words-about-limits.ts';
import { wordsAboutUs } from './words-about-us.ts';

/** All rules in the order in which they are asked. */
export const wordRules: readonly WordRule[] = [
  ...wordsAboutUs,
  ...wordsAboutLimits,
  ...wordsAboutAddresses,
  ...wordsAboutTheWay,
];

export interface Refusal {
  /** What the server wrote, however long; the first 4,000 characters count. */
  readonly text: string;
  /** More of the report, looked at only for the command that was refused. */
  readonly beside?: string;
  /** The enhanced code of the report's own field. */
  readonly status?: string;
}

export interface Reading {
  readonly reason: BounceReason;
  /** Whether the words told it, and not only a number. */
  readonly byWords: boolean;
  readonly status?: string;
  readonly code?: number;
}

const maxTextChars = 4_000;

/** Why it was refused: by the words, then by the enhanced code, then by the reply code. */
export function readRefusal({ text, beside = '', status }: Refusal): Reading {
  const line = plainWords(text);
  const code = replyCode(line);
  const inText = enhancedCode(line);
  const codes = [inText, status].filter((one) => one !== undefined);
  const byWords = wordRules.find(({ pattern }) => pattern.test(line))?.reason;
  const byCode = codes.map(enhancedReason).find((reason) => reason !== undefined);
  const reason = byWords ?? byCode ?? replyReason(code) ?? 'unclear';
  const command = refusedCommand(line) ?? refusedCommand(plainWords(beside));
  const known = codes.find((one) => !/^\d\.0\.0$/.test(one)) ?? codes[0];
  return {
    reason: corrected(reason, { line, codes, code, command }),
    byWords: byWords !== undefined,
    ...(known !== undefined && { status: known }),
    ...(code !== undefined && { code }),
  };
}

/** One line in lower case, with `<address>` in place of addresses: theirs hold words such as `unknown` too. */
export function plainWords(text: string): string {
  return text
    .slice(0, maxTextChars)
    .toLowerCase()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[’‘]/g, "'")
    .replace(/<?[^\s<>"'(),:;[\]]{1,64}@[^\s<>"'(),:;[\]]{1,255}>?/g, '<address>');
}

interface Evidence {
  readonly line: string;
  readonly codes: readonly string[];
  readonly code: number | undefined;
  readonly command: Command | undefined;
}

/**
 * What the words say, put right by what stands beside them: a refusal of MAIL is about the sender; a name that could
 * not be looked up for the moment (4.x.x) may exist; an inactive address under 5.1.1 is gone.
 */
function corrected(reason: BounceReason, evidence: Evidence): BounceReason {
  const { line, codes, code, command } = evidence;
  const isTemporary = codes.some((one) => one.startsWith('4')) || (code !== undefined && code < 500);
  if (command === 'mail' && (reason === 'unclear' || bounceKind(reason) === 'hard')) return 'policy';
  if (reason === 'unknown user' && !isFirm(evidence)) return 'filtered';
  if ((reason === 'unknown host' || reason === 'takes no mail') && isTemporary) return 'unreachable';
  if (reason === 'disabled' && codes.some((one) => /^\d\.1\.1$/.test(one)) && !line.includes('temporar')) {
    return 'unknown user';
  }
  return reason;
}

/**
 * "User unknown" alone does not end a subscription: servers say it too, after DATA, when a filter of the reader's
 * refuses a mail. It is firm with an enhanced code of the address (X.1.1 and its like), as the reply to RCPT, in
 * a delivery status as a reply that begins with the address, or in the words of a system about its own users.
 */
function isFirm({ line, codes, code, command }: Evidence): boolean {
  if (codes.some((one) => /^\d\.1\.(?![0789]$)/.test(one))) return true;
  if (command !== undefined) return command === 'rcpt';
  if (code === undefined) return codes.length === 0;
  if (/\bdelivery error: dd\b|\brecipient address rejected: access denied/.test(line)) return true;
  if (codes.length === 0 || codes.some((one) => /^\d\.[67]\./.test(one))) return false;
  return (
    code === 542 ||
    line.includes('requested action not taken: mailbox unavailable') ||
    /\b[45]\d\d[: -]{1,3}(?:[245]\.\d{1,3}\.\d{1,3} )?:? ?<address>/.test(line)
  );
}

type Command = 'mail' | 'rcpt' | 'data';

/** The command that the server refused, where the report says so and says one only. */
function refusedCommand(line: string): Command | undefined {
  const marks =
    /\b(?:in reply to|after|(?:in )?response to|did not like our|smtp command:?)(?: the| final)? (?:end of )?(data|mail|rcpt)\b|>>> (data|mail|rcpt)\b/g;
  const found = new Set([...line.matchAll(marks)].map((match) => match[1] ?? match[2]));
  const [command, ...others] = found;
  if (others.length > 0) return undefined;
  return command === 'mail' || command === 'rcpt' || command === 'data' ? command : undefined;
}

function enhancedCode(line: string): string | undefined {
  return /(?:^|[\s#(:<'"-])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d|\.\d)/.exec(line)?.[1];
}

function replyCode(line: string): number | undefined {
  const found = /(?:^|[\s#(:<'">-])([245]\d\d)(?=[\s:;,)#-]|$)/.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}
