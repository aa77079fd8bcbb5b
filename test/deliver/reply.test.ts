import { describe, expect, it } from 'vitest';
import {
  classifyReply,
  parseReply,
  replyRules,
  withoutReply,
  type SmtpStage,
} from '../../src/deliver/reply.ts';

function verdict(stage: SmtpStage, line: string): string {
  const reply = parseReply(line);
  if (!reply) return 'no reply';
  const answer = classifyReply(stage, reply);
  return 'about' in answer && answer.about !== undefined ? `${answer.result} ${answer.about}` : answer.result;
}

describe('every rule of the reply table', () => {
  it.each(replyRules.map((rule) => [rule.example, rule] as const))(
    'decides its example: %s',
    (example, rule) => {
      for (const stage of rule.stages) expect(verdict(stage, example)).toBe(rule.verdict);
      const [stage = 'connect'] = rule.stages;
      const first = replyRules.find((one) => one.stages.includes(stage) && one.reply.test(`${example} `));
      expect(first).toBe(rule);
    },
  );
});

describe('a reply that asks for less mail', () => {
  it.each([
    ['421 4.7.0 Try again in 300 seconds', 300_000],
    ['421 4.7.0 Rate limited, come back after 5 minutes', 300_000],
    ['421 4.7.0 Blocked for 2 hours', 7_200_000],
    ['421 4.7.0 Try again later', undefined],
  ])('%s: waits %s ms', (line, waitMs) => {
    const reply = parseReply(line);
    const answer = reply && classifyReply('rcpt', reply);
    expect(answer).toMatchObject({ result: 'deferred', about: 'domain' });
    expect(answer?.result === 'deferred' ? answer.waitMs : 0).toBe(waitMs);
  });
});

describe('a reply means', () => {
  it.each<[SmtpStage, string, string]>([
    ['content', '250 2.0.0 Ok: queued as 4FAB12', 'accepted'],
    ['content', '250 Ok', 'accepted'],
    ['connect', '421 4.3.2 Too many connections', 'deferred relay'],
    ['connect', '450 4.7.1 Slow down', 'deferred relay'],
    ['connect', '554 5.7.1 No SMTP service for you', 'blocked sender'],
    ['connect', '521 5.3.2 This host takes no mail', 'blocked sender'],
    ['auth', '535 5.7.8 Authentication credentials invalid', 'blocked sender'],
    ['auth', '530 5.7.0 Must issue a STARTTLS command first', 'blocked sender'],
    ['auth', '534 5.7.9 Mechanism too weak', 'blocked sender'],
    ['auth', '454 4.7.0 Temporary authentication failure', 'deferred relay'],
    ['auth', '421 4.7.0 Too many errors', 'deferred relay'],
    ['mail', '451 4.3.0 Local error', 'deferred relay'],
    ['mail', '550 5.1.8 Sender address rejected', 'blocked sender'],
    ['mail', '553 5.7.1 Not owned by the user', 'blocked sender'],
    ['mail', '530 Authentication required', 'blocked sender'],
    ['rcpt', '450 4.2.0 Greylisted', 'deferred'],
    ['rcpt', '450 Requested action not taken', 'deferred'],
    ['rcpt', '451 4.7.1 Try again later', 'deferred'],
    ['rcpt', '452 4.2.2 Mailbox full', 'deferred'],
    ['rcpt', '454 4.7.5 Throttling', 'deferred relay'],
    ['rcpt', '421 4.7.28 Unusual rate of mail', 'deferred domain'],
    ['rcpt', '451 4.7.650 The mail server was temporarily rate limited', 'deferred domain'],
    ['rcpt', '421 4.7.0 Messages deferred due to unexpected volume', 'deferred domain'],
    ['content', '421 Closing', 'deferred relay'],
    ['rcpt', '499 4.9.9 Never heard of', 'deferred'],
    ['rcpt', '550 5.1.1 No such user', 'rejected'],
    ['rcpt', '550 No such user here', 'rejected'],
    ['rcpt', '550 5.2.1 Mailbox disabled', 'rejected'],
    ['rcpt', '552 5.2.2 Mailbox full', 'rejected'],
    ['rcpt', '553 5.1.3 Bad address syntax', 'rejected'],
    ['rcpt', '556 5.1.10 Recipient address has a null MX', 'rejected'],
    ['rcpt', '599 5.9.9 Never heard of', 'rejected'],
    ['rcpt', '550 5.1.1 <spam@example.net> unknown user', 'rejected'],
    ['rcpt', '550 5.7.17 Mailbox owner has changed', 'rejected'],
    ['rcpt', '554 5.7.1 Relay access denied', 'blocked sender'],
    ['rcpt', '550 relaying denied', 'blocked sender'],
    ['rcpt', '550 5.7.1 Refused by policy', 'blocked message'],
    ['rcpt', '550 5.7.26 Unauthenticated sender', 'blocked message'],
    ['data', '451 4.3.0 Not now', 'deferred'],
    ['data', '554 5.5.1 No valid recipients', 'rejected'],
    ['content', '451 4.7.1 Scanner is away', 'deferred'],
    ['content', '421 4.3.2 Shutting down', 'deferred relay'],
    ['content', '552 5.3.4 Message too big', 'rejected'],
    ['content', '554 5.6.0 Content not accepted', 'rejected'],
    ['content', '550 5.7.1 Message looks like spam', 'blocked message'],
    ['content', '550-5.7.26 This mail is not authenticated,\r\n550 5.7.26 see the manual', 'blocked message'],
    ['content', '554 Rejected: listed on a blocklist', 'blocked message'],
  ])('at %s, %s: %s', (stage, line, expected) => {
    expect(verdict(stage, line)).toBe(expected);
  });

  it('keeps code and text on one line, without control characters and not endless', () => {
    const answer = classifyReply(
      'rcpt',
      parseReply(`550-5.1.1 Gone\r\n550 5.1.1 for\u0007 good ${'x'.repeat(900)}`) ?? { code: 0, text: '' },
    );
    expect(answer).toMatchObject({ result: 'rejected', code: 550 });
    expect(answer.reply).toMatch(/^550 5\.1\.1 Gone for good x+$/);
    expect(answer.reply.length).toBeLessThan(600);
  });
});

describe('without a reply', () => {
  it('a try is in doubt after the hand-over and deferred before it', () => {
    expect(withoutReply(true, 'connection\r\nlost')).toEqual({
      result: 'in_doubt',
      reply: 'connection lost',
    });
    expect(withoutReply(false, 'timeout')).toEqual({ result: 'deferred', reply: 'timeout' });
  });

  it.each(['', 'hello', '55', '354 Go ahead', '0550 x'])('%j is none', (line) => {
    expect(parseReply(line)).toBeUndefined();
  });
});
