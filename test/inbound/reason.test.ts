import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enhancedReason, enhancedReasons } from '../../src/inbound/enhanced-codes.ts';
import { plainWords, readRefusal, wordRules } from '../../src/inbound/reason.ts';
import { bounceKind } from '../../src/inbound/report.ts';

describe('the words of a refusal', () => {
  it.each(wordRules.map((rule, index) => [rule.example, index] as const))(
    '%s is known by its own rule first',
    (example, index) => {
      const line = plainWords(example);
      expect(wordRules.findIndex(({ pattern }) => pattern.test(line))).toBe(index);
    },
  );

  it.each([
    // what it comes to, what the server says
    ['hard', '550 5.1.1 <reader@example.net>: Recipient address rejected: User unknown in virtual table'],
    [
      'hard',
      '550-5.1.1 The account that you tried to reach does not exist. 550 5.1.1 See https://help.example.net',
    ],
    ['hard', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by address lookup'],
    ['hard', '550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [mx.example.net]'],
    ['hard', '554 delivery error: dd This user does not have an account here'],
    ['hard', 'Unrouteable address'],
    ['hard', 'Sorry, no mailbox here by that name. (#5.1.1)'],
    ['hard', "Sorry, I couldn't find any host named mail.example.invalid. (#5.1.2)"],
    ['hard', 'Domain example.net does not accept mail (nullMX)'],
    ['hard', '550 5.4.310 DNS domain example.invalid does not exist'],
    ['hard', '551 User not local; please try <reader@example.com>'],
    ['hard', 'User Reader (reader@example.net) not listed in the public directory'],
    ['hard', '550 Invalid Recipient (in reply to RCPT TO command)'],
    ['hard', '450 4.1.1 <reader@example.net>: Recipient address rejected: unverified address: unknown user'],
    ['soft', '550 5.2.1 The account that you tried to reach is disabled'],
    ['soft', '552-5.2.2 The account that you tried to reach is over quota'],
    ['soft', "452 4.2.2 The recipient's inbox is out of storage space"],
    ['soft', '550 5.1.1 account temporarily suspended'],
    ['soft', 'mailbox is full: retry timeout exceeded'],
    ['soft', "I'm not going to try again; this message has been in the queue too long."],
    ['soft', 'Name service error for name=example.net type=MX: Host not found, try again'],
    ['soft', '450 4.7.1 <reader@example.net>: Recipient address rejected: Greylisted for 300 seconds'],
    ['soft', '552 5.3.4 Message size exceeds fixed maximum message size'],
    ['soft', '554 5.4.6 Too many hops'],
    ['soft', '4.0.0 DNS error: the domain name was not found'],
    ['policy', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.org'],
    ['policy', '550 5.1.1 <reader@example.net>: Recipient address rejected: your server is on a blacklist'],
    ['policy', '550 5.7.26 Unauthenticated email from example.org is not accepted'],
    ['policy', '550 5.1.8 <bounces@example.org>: Sender address rejected: Domain not found'],
    ['policy', '553 5.1.0 example.org does not exist (in reply to MAIL FROM command)'],
    ['policy', 'Connected to 192.0.2.1 but my name was rejected. Remote host said: 501 Invalid domain name'],
    ['policy', '550 5.7.1 Message rejected because of its content'],
    ['policy', '530 5.7.0 Must issue a STARTTLS command first'],
  ])('are %s: %s', (kind, text) => {
    expect(bounceKind(readRefusal({ text }).reason)).toBe(kind);
  });

  it('that the user is unknown are firm only with a code, a RCPT, or the address before them', () => {
    const reason = (text: string, beside = '') => readRefusal({ text, beside }).reason;
    expect(reason('550 user unknown')).toBe('filtered');
    expect(reason('550 user unknown', '(in reply to end of DATA command)')).toBe('filtered');
    expect(reason('550 user unknown', '(in reply to RCPT TO command)')).toBe('unknown user');
    expect(reason('550 5.1.1 user unknown', '(in reply to end of DATA command)')).toBe('unknown user');
    expect(reason('550 5.7.1 user unknown')).toBe('filtered');
    expect(readRefusal({ text: '550 <reader@example.net>: user unknown', status: '5.0.0' }).reason).toBe(
      'unknown user',
    );
  });

  it('in an address are not looked at', () => {
    expect(readRefusal({ text: '550 <user-unknown@example.net> try later', status: '5.0.0' }).reason).toBe(
      'unclear',
    );
    expect(readRefusal({ text: '<spam@example.net>: 550 5.1.1 user unknown' }).reason).toBe('unknown user');
  });

  it('give way to the code where they say nothing', () => {
    expect(readRefusal({ text: '550 5.1.1 no' })).toEqual({
      reason: 'unknown user',
      byWords: false,
      status: '5.1.1',
      code: 550,
    });
    expect(readRefusal({ text: '552 no' }).reason).toBe('mailbox full');
    expect(readRefusal({ text: 'no', status: '5.7.1' }).reason).toBe('policy');
    expect(readRefusal({ text: 'no' }).reason).toBe('unclear');
  });
});

describe('enhanced codes', () => {
  it('count the same for a temporary and a permanent failure', () => {
    for (const [detail, reason] of Object.entries(enhancedReasons)) {
      expect([`4.${detail}`, `5.${detail}`].map(enhancedReason)).toEqual([reason, reason]);
    }
  });

  it('of 5.7 are never hard but where the mailbox changed hands', () => {
    for (let detail = 0; detail < 40; detail += 1) {
      const reason = enhancedReason(`5.7.${detail}`);
      expect(reason).toBe(detail === 17 || detail === 18 ? 'moved' : 'policy');
    }
  });

  it('that are none name no reason', () => {
    for (const text of [undefined, '', '5.0.0', '5.1', '6.1.1', '5.1.1.1'])
      expect(enhancedReason(text)).toBeUndefined();
  });
});

it('any text is read in bounded time', () => {
  const piece = fc.constantFrom(
    'user ',
    'unknown ',
    '<a@b.cd>',
    '550 ',
    '5.1.1',
    ' ',
    'not ',
    'account ',
    '@',
    '-',
    'quota ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 4000 }), (pieces) => {
      const start = process.cpuUsage();
      readRefusal({ text: pieces.join(''), beside: pieces.toReversed().join('') });
      const { user } = process.cpuUsage(start);
      expect(user / 1000).toBeLessThan(1000);
    }),
    { numRuns: 60 },
  );
});
