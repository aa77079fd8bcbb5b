import type { WordRule } from './word-rule.ts';

/**
 * Refusals for who we are or what we sent. They come before those of the address, for they often quote it too:
 * `550 5.1.1 <reader@example.net>: Recipient address rejected: blocked using bl.example.org`.
 */
export const wordsAboutUs: readonly WordRule[] = [
  {
    reason: 'unknown user',
    pattern: /\brecipient address rejected: access denied/,
    example: '550 5.4.1 Recipient address rejected: Access denied. [mx.example.net]',
  },
  {
    reason: 'relaying',
    pattern:
      /\brelay(?:ing)? (?:\w+ )?(?:denied|prohibited|not (?:permitted|allowed))|(?:unable|not permitted|denied) to relay|do(?:es)? not relay|\brcpthosts\b|\bmust be delivered remotely|\bno relaying/,
    example: '554 5.7.1 <reader@example.net>: Relay access denied',
  },
  {
    reason: 'authentication',
    pattern: /\b(?:spf|dkim|dmarc|sender ?id)\b/,
    example: '550 5.7.26 This mail is refused by the DMARC policy of example.org',
  },
  {
    reason: 'authentication',
    pattern: /\bauthentication (?:is )?required|\bauth ?required|\bunauthenticated|\bnot authenticated/,
    example: '550 5.7.1 RESOLVER.RST.AuthRequired; authentication required',
  },
  {
    reason: 'blocked',
    pattern:
      /\bptr\b|\breverse[- ]?(?:dns|mapping|lookup|host|name|ip)|\brdns\b|\bmismatch(?:es)? client ip|\bip name lookup|(?:find|resolve) your (?:host|ip)/,
    example: '550 5.7.25 The sending IP address has no PTR record',
  },
  {
    reason: 'blocked',
    pattern:
      /\b(?:block|black|deny|reject)[- ]?list|\brbls?\b|\bdnsbl|\bspamhaus\b|\bspamcop\b|\bsorbs\b|\breputation\b|\bblocked (?:using|by|for|due|because|from|at|-)|\bbanned\b/,
    example: '554 5.7.1 Service unavailable; [192.0.2.7] blocked using bl.example.org',
  },
  {
    reason: 'blocked',
    pattern:
      /\b(?:client|sending|source|your (?:host|ip|server|network|domain)|ip address|connection from|host network|messages from)\b.{0,50}\b(?:blocked|rejected|denied|forbidden|not (?:allowed|accepted|welcome|authorized)|weren't sent)/,
    example: '554 Host network not allowed here',
  },
  {
    reason: 'blocked',
    pattern:
      /\b(?:invalid|bad|dynamic|residential|unverifiable) (?:\w+ )?ips?\b|\buser complaints\b|\bsmtp server of your isp|\bip source bloquee|\bmy name was rejected|\bhelo\b.{0,40}\b(?:rejected|invalid|denied)/,
    example: '550 Mail from dynamic IP addresses goes through your provider',
  },
  {
    reason: 'policy',
    pattern:
      /\b(?:sender|return[- ]path|mail from|from:? (?:address|domain)|envelope from|reply-to)\b.{0,60}\b(?:rejected|denied|refused|invalid|unknown|not|verif\w*|malformed|missing|does)\b|\bunknown sender|\binvalid sender/,
    example: '553 5.1.8 Sender address does not exist',
  },
  {
    reason: 'spam',
    pattern: /\b(?:spam\w*|junk|unsolicited|ube|uce|bulk mail|phishing)\b|\bblacklisted url/,
    example: '550 5.7.1 Your message looks like spam',
  },
  {
    reason: 'policy',
    pattern:
      /\b(?:virus\w*|malware|infected|worm|trojan)\b|\b(?:content|attachment|header)\b (?:\w+ ){0,3}(?:rejected|refused|not accepted|denied|error|prohibited|not allowed)\b|\bbecause of (?:its|the) content\b|\bpolic(?:y|ies)\b|\bblocked senders?\b|\bnot rfc|\brfc ?\d+ (?:violation|compliant)|\b(?:bad|missing|malformed|invalid) headers?\b/,
    example: '554 5.7.0 Header error',
  },
  {
    reason: 'policy',
    pattern: /\b(?:starttls|tls|encryption)\b.{0,40}\b(?:required|needed|support|fail\w*|must)/,
    example: '530 5.7.10 Encryption required by the recipient',
  },
  {
    reason: 'policy',
    pattern:
      /\b(?:not (?:a )?(?:member|subscribed)|members only|only members|may not post|not allowed to post|not (?:authorized|authorised|permitted|allowed) to send|delivery not authorized|restricted to)\b/,
    example: '550 You are not allowed to send mail to this group',
  },
  {
    reason: 'blocked',
    pattern: /\b(?:access|session|service) (?:\w+ ){0,2}(?:denied|refused|rejected|forbidden)\b/,
    example: '554 5.7.1 Access denied',
  },
];
