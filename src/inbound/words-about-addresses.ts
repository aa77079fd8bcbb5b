import type { WordRule } from './word-rule.ts';

/** Refusals of the address itself: no later mail will fare better, but for a disabled account. */
export const wordsAboutAddresses: readonly WordRule[] = [
  {
    reason: 'filtered',
    pattern: /\b550 : user unknown|^(?!.*delivery error: dd).*\buser doesn't have an? .{0,40}\baccount/,
    example: '550 : User unknown',
  },
  {
    reason: 'takes no mail',
    pattern:
      /\bnull ?mx\b|\bno smtp service|\b(?:do(?:es)?|will) not (?:accept|receive) (?:any |incoming )?(?:e-?)?mails?\b(?! from)|\bdoesn't (?:accept|receive) (?:any )?(?:e-?)?mail/,
    example: '556 5.1.10 <reader@example.net>: the domain does not accept mail (nullMX)',
  },
  {
    reason: 'moved',
    pattern:
      /\b(?:user|recipient|account|address|mailbox|person)\b (?:\w+ )?(?:has|have) (?:been )?moved|\bmoved to\b|\bhas changed (?:\w+ )?(?:e-?mail )?address|\bno longer (?:at|with|employed|works?)\b|\bnew (?:e-?mail )?address is|\bmailbox owner has changed|\bplease (?:use|try|mail|write to) <address>/,
    example: '551 5.1.6 The user has moved; please try <reader@example.com>',
  },
  {
    reason: 'unreachable',
    pattern:
      /\b(?:host not found|name service error|lookup|dns)\b.{0,80}\b(?:try again|temporar\w*|timed? ?out|servfail|malformed)/,
    example:
      'Host or domain name not found. Name service error for name=example.net: Host not found, try again',
  },
  {
    reason: 'unknown host',
    pattern:
      /\b(?:unknown|no such|illegal|bad) (?:destination |mail )?(?:hosts?|domains?|system|server)\b|\b(?:host|domain|mx|exchanger)s?(?: name)?\b.{0,50}\b(?:not found|unknown|do(?:es)? ?n[o']t exist|not be found|not reachable|invalid|no mx|nxdomain)\b/,
    example: '550 Host unknown',
  },
  {
    reason: 'unknown host',
    pattern:
      /\bcouldn't find any host|\bnxdomain\b|\bunrouteable mail domain|\bno mx (?:record|host)|\bno mail (?:server|exchanger)|\b(?:find|resolve|locate) .{0,30}\b(?:host|domain|mx|mail server|mail exchanger)\b|\bno relevant answers|\bdomain name\b.{0,20}\b(?:error|incorrect)/,
    example: "Sorry, I couldn't find any host named mail.example.net. (#5.1.2)",
  },
  {
    reason: 'disabled',
    pattern:
      /\b(?:account|mail ?box|user|recipient|address|e-?mail)\b.{0,40}\b(?:disabled|suspended|deactivated|inactive|locked|frozen|blocked|on hold|not active|not activated|closed|terminated|expired)|\b(?:disabled|suspended|inactive|deactivated) (?:\w+ )?(?:account|mail ?box|user|recipient|address)/,
    example: '550 5.2.1 The account that you tried to reach is disabled',
  },
  {
    reason: 'unknown user',
    pattern:
      /\b(?:unknown|no such|invalid|illegal|bad|non-?exist\w*|not a valid|no valid|undeliverable|unrouteable|unroutable|incorrect|wrong|obsolete) (?:\w+ |or ){0,3}(?:users?|recipients?|mail ?box(?:es)?|accounts?|address(?:es)?|person|people|local ?-?part|alias|userid|name|id|customer)\b/,
    example: '550 5.1.1 No such user here',
  },
  {
    reason: 'unknown user',
    pattern:
      /\b(?:user|recipient|mail ?box|account|address|person|alias|userid|name|local ?-?part|addressee|customer|<address>)\b.{0,60}\b(?:unknown|not found|not known|invalid|no longer (?:valid|available|exists?|active|in use)|not exist\w*|n't exist|do(?:es)? ?n[o']t exist|cannot be found|could ?n[o']t be found|wasn't found|not (?:a )?valid|not recogni[sz]ed|not listed|not defined|not in |unrecogni[sz]ed|has been (?:deleted|removed)|undeliverable|not our|isn't here|not here|not local)/,
    example: '550 5.1.1 The mail account does not exist',
  },
  {
    reason: 'unknown user',
    pattern:
      /\brequested action not taken: mailbox unavailable|\*\* address not found \*\*|\brecip(?:ient)?notfound\b|\bno mailbox (?:here )?by that name|\bno account by|\bno one by that name|\bdelivery error: dd\b|\bnot listed in .{0,30}\bdirectory|\bunknown (?:or illegal )?alias|\bnon.?existent\b|\bnot our customer|\bno such\b.{0,20}\bhere\b|\bnot a known user|\buser unknown\b|\bnosuchuser\b/,
    example: '554 delivery error: dd Not an account here',
  },
];
