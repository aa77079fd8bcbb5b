import type { WordRule } from './word-rule.ts';

/** Refusals that another day, or a smaller mail, can change. */
export const wordsAboutLimits: readonly WordRule[] = [
  {
    reason: 'too big',
    pattern:
      /\b(?:message|mail|e-mail|header|line|body)\b.{0,30}(?<!queue )\btoo (?:big|large|long)\b|\bmessage (?:file )?(?:size )?(?:\w+ )?(?:exceeds|limit)|\bsize limit|\bline limit|\bmaximum (?:message )?size|\bexceeds (?:the )?(?:maximum )?(?:message )?size/,
    example: '552 5.3.4 Message size exceeds fixed limit',
  },
  {
    reason: 'mailbox full',
    pattern:
      /\b(?:over|exceed\w*|above|beyond)\b.{0,30}\bquota\b|\bquota\b.{0,40}\b(?:exceed\w*|full|reached)|\boverquota|\bdisk quota/,
    example: '552 5.2.2 <reader@example.net>: the quota of this account is exceeded',
  },
  {
    reason: 'mailbox full',
    pattern:
      /\b(?:mail ?box|mail ?folder|inbox|maildir|mail ?drop|account|user|storage)\b.{0,40}\bfull\b|\bfull (?:mail ?box|inbox)|\bmailbox ?full|\bmailbox (?:size|has exceeded)/,
    example: '452 4.2.2 Mailbox full',
  },
  {
    reason: 'mailbox full',
    pattern:
      /\b(?:exceed\w*|out of|insufficient|not enough|no|over)\b.{0,30}\b(?:storage|disk ?space|space|mailbox size)\b|\bovertaken storage/,
    example: '550 The user has no space left for this mail: not enough storage space',
  },
  {
    reason: 'too many',
    pattern:
      /\btoo (?:many|fast|frequent|much)\b|\brate[- ]?limit|\bthrottl|\bgr[ae]y-?list|\b(?:exceed\w*|over|reached)\b.{0,40}\b(?:limit|rate)\b|\bunusual rate|\bunexpected volume/,
    example: '450 4.2.1 The user is receiving mail at an unusual rate',
  },
];

/** The way there was no way: last of all, since a longer report names the true reason as well. */
export const wordsAboutTheWay: readonly WordRule[] = [
  {
    reason: 'policy',
    pattern:
      /\b(?:message|mail|e-?mail)\b (?:\w+ ){0,3}(?:rejected|refused|not accepted|denied|prohibited|not allowed)\b/,
    example: '550 5.7.1 Message rejected',
  },
  {
    reason: 'expired',
    pattern:
      /\b(?:delivery|retry|queue|message|envelope)\b.{0,30}\b(?:expired|timeout exceeded|time exceeded|too long|timed out)|\btoo old\b|\bnot been (?:able to|delivered)|\bdelivery failed \d+ attempts|\bhas been delayed|\bis delayed|\bwarning message only|\b(?:in|on) the (?:mail )?queue\b/,
    example: 'delivery retry timeout exceeded',
  },
  {
    reason: 'unreachable',
    pattern:
      /\bconnection (?:\w+ ){0,2}(?:refused|timed|reset|lost|dropped|closed)|\btimed? ?out\b|\bno route\b|\bunreachable\b|\bsocket error|\blost connection|\bnetwork error|\bestablish an smtp connection|\bnot accept our requests|\bcould(?: not|n't) connect|\bunable to (?:connect|contact)/,
    example: 'connect to mx.example.net[192.0.2.25]:25: Connection refused',
  },
  {
    reason: 'system',
    pattern:
      /\b(?:internal|local|system|configuration|server|resources?|i\/o|disk|database)\b.{0,25}\b(?:error|fail\w*|problem|unavailable|temporarily)|\b(?:routing|mail) loop|\bloops? back|\btoo many hops|\bhop count|\bloop detected/,
    example: '451 4.3.0 Internal system error',
  },
];
