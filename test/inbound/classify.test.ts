import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/inbound/classify.ts';
import { maxMessageBytes } from '../../src/inbound/message-parts.ts';
import { dsn, feedback, mail, mailboxFull, refusedForPolicy, unknownUser } from './mails.ts';

const from = (sender: string, subject: string, more: readonly string[] = []) => [
  `From: ${sender}`,
  'To: bounces@example.org',
  `Subject: ${subject}`,
  ...more,
];
const daemon = 'MAILER-DAEMON@mx.example.net';

/** The kind and address of each recipient. */
async function told(raw: Uint8Array): Promise<readonly (readonly [string, string | undefined])[]> {
  return (await classify(raw)).recipients.map(({ kind, address }) => [kind, address]);
}

describe('a delivery status notification', () => {
  it('tells of each recipient what its server said', async () => {
    const raw = dsn({
      recipients: [unknownUser('ada@example.net'), mailboxFull('bo@example.net')],
      messageId: '<abc@example.org>',
    });
    expect(await classify(raw)).toEqual({
      kind: 'hard',
      originalMessageId: '<abc@example.org>',
      recipients: [
        {
          kind: 'hard',
          address: 'ada@example.net',
          reason: 'unknown user',
          action: 'failed',
          status: '5.1.1',
          code: 550,
          diagnostic: '550 5.1.1 <ada@example.net>: no such user',
        },
        {
          kind: 'soft',
          address: 'bo@example.net',
          reason: 'mailbox full',
          action: 'failed',
          status: '5.2.2',
          code: 552,
          diagnostic: '552 5.2.2 mailbox full',
        },
      ],
    });
  });

  it('takes the address we wrote to, not the one it was forwarded to', async () => {
    const fields = [...unknownUser('behind@example.com'), 'Original-Recipient: rfc822;ada@example.net'];
    expect(await told(dsn({ recipients: [fields] }))).toEqual([['hard', 'ada@example.net']]);
  });

  it('of a delay, a relay or a delivery is only a notice', async () => {
    for (const action of ['delayed', 'delivered', 'relayed', 'expanded (to many)']) {
      const fields = ['Final-Recipient: rfc822; ada@example.net', `Action: ${action}`, 'Status: 4.4.1'];
      expect(await told(dsn({ recipients: [fields] }))).toEqual([['notice', 'ada@example.net']]);
    }
  });

  it('is read with CRLF, LF and bare CR line ends, and with a line "From " before it', async () => {
    const text = dsn({ recipients: [unknownUser('ada@example.net')] }).toString();
    const lf = text.replaceAll('\r\n', '\n');
    const all = [text, lf, lf.replaceAll('\n', '\r'), `From MAILER-DAEMON Tue Nov 24 06:00:00 2026\n${lf}`];
    for (const one of all) expect(await told(Buffer.from(one))).toEqual([['hard', 'ada@example.net']]);
  });

  it('is read when two recipients stand in one block, and when the part is only text', async () => {
    const run = [...unknownUser('ada@example.net'), ...mailboxFull('bo@example.net')];
    const both = [
      ['hard', 'ada@example.net'],
      ['soft', 'bo@example.net'],
    ];
    expect(await told(dsn({ recipients: [run] }))).toEqual(both);
    const asText = mail(from(daemon, 'Failure'), ['Technical report:', '', ...run].join('\n'));
    expect(await told(asText)).toEqual(both);
  });

  it('without a diagnostic is told by the text beside it', async () => {
    const bare = ['Final-Recipient: rfc822; ada@example.net', 'Action: failed', 'Status: 5.0.0'];
    const text = '<ada@example.net>: host mx.example.net said: 550 5.1.1 no such user';
    expect(await told(dsn({ recipients: [bare], text }))).toEqual([['hard', 'ada@example.net']]);
    expect((await classify(dsn({ recipients: [bare] }))).recipients[0]).toMatchObject({
      reason: 'unclear',
      kind: 'soft',
    });
  });

  it('that says "unknown user" beside "mailbox full" is not taken for certain', async () => {
    const text = 'Your mail was rejected: the mailbox is full';
    expect(await told(dsn({ recipients: [unknownUser('ada@example.net')], text }))).toEqual([
      ['soft', 'ada@example.net'],
    ]);
  });
});

describe('a report for people', () => {
  it.each([
    [
      'qmail',
      from(daemon, 'failure notice'),
      `Hi. This is the program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<ada@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)

<bo@example.net>:
192.0.2.25 does not like recipient.
Remote host said: 552 5.2.2 over quota
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

Received: from x
To: other@example.com
`,
    ],
    [
      'Exim',
      from(daemon, 'Mail delivery failed: returning message to sender'),
      `A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.net
    SMTP error from remote mail server after RCPT TO:<ada@example.net>:
    550 unknown user
  bo@example.net
    mailbox is full

------ This is a copy of the message, including all the headers. ------

Return-path: <paper@example.org>
`,
    ],
    [
      'sendmail',
      from(daemon, 'Returned mail: see transcript for details'),
      `   ----- The following addresses had permanent fatal errors -----
<ada@example.net>
    (reason: 550 5.1.1 <ada@example.net>... User unknown)
<bo@example.net>
    (reason: 552 5.2.2 <bo@example.net>... Mailbox full)

   ----- Transcript of session follows -----
... while talking to mx.example.net.:
`,
    ],
    [
      'old sendmail',
      from(daemon, 'Returned mail: User unknown'),
      `   ----- Transcript of session follows -----
While talking to mx.example.net:
>>> RCPT To:<ada@example.net>
<<< 550 No such user here
550 <ada@example.net>... User unknown
While talking to mx.example.com:
>>> RCPT To:<bo@example.net>
<<< 452 Mailbox full
452 <bo@example.net>... Deferred: mailbox full

   ----- Unsent message follows -----
Received: from x
`,
    ],
    [
      'Exchange',
      from('System Administrator <postmaster@example.net>', 'Undeliverable: The Daily'),
      `Your message did not reach some or all of the intended recipients.

      Subject:  The Daily

The following recipient(s) could not be reached:

      ada@example.net on 11/24/2026 6:00 AM
            The recipient name is not recognized
      bo@example.net on 11/24/2026 6:00 AM
            The recipient's mailbox is full
`,
    ],
    [
      'OpenSMTPD',
      from(daemon, 'Delivery status notification: error'),
      `An error has occurred while attempting to deliver a message for
the following list of recipients:

ada@example.net: 550 5.1.1 <ada@example.net>... User unknown
bo@example.net: 552 5.2.2 <bo@example.net>... Mailbox full

Below is a copy of the original message:
`,
    ],
  ])('of %s is read for each address', async (_, headers, body) => {
    expect(await told(mail(headers, body))).toEqual([
      ['hard', 'ada@example.net'],
      ['soft', 'bo@example.net'],
    ]);
  });

  it('that gives the mail more time is only a notice', async () => {
    const body =
      'THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n  ada@example.net\n';
    expect(await told(mail(from(daemon, 'Delivery Status Notification (Delay)'), body))).toEqual([
      ['notice', 'ada@example.net'],
    ]);
  });

  it('names the mail that it is about', async () => {
    const body =
      'It could not be delivered: mailbox full\n\n--- The original message follows ---\n\nMessage-ID: <abc@example.org>\n';
    expect((await classify(mail(from(daemon, 'Undelivered'), body))).originalMessageId).toBe(
      '<abc@example.org>',
    );
  });

  it('in another language and in base64 is decoded', async () => {
    const text =
      'Die Mail konnte nicht zugestellt werden.\n\nada@example.net: 550 5.1.1 Empfänger unbekannt, user unknown\n';
    const headers = [
      ...from(daemon, '=?utf-8?Q?Unzustellbar?='),
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
    ];
    expect(await told(mail(headers, Buffer.from(text).toString('base64')))).toEqual([
      ['hard', 'ada@example.net'],
    ]);
  });
});

describe('a complaint', () => {
  it('is about every recipient that it names', async () => {
    const raw = feedback(
      'abuse',
      ['Original-Rcpt-To: <ada@example.net>', 'Original-Rcpt-To: bo@example.net'],
      ['Message-ID: <abc@example.org>'],
    );
    expect(await classify(raw)).toMatchObject({
      kind: 'complaint',
      feedbackType: 'abuse',
      originalMessageId: '<abc@example.org>',
      recipients: [
        { kind: 'complaint', address: 'ada@example.net' },
        { kind: 'complaint', address: 'bo@example.net' },
      ],
    });
  });

  it('that hides the reader is about the addressee of the mail', async () => {
    expect(await told(feedback('fraud', [], ['To: Ada <ada@example.net>']))).toEqual([
      ['complaint', 'ada@example.net'],
    ]);
  });

  it('is neither a report on authentication nor one that says "not spam"', async () => {
    for (const type of ['auth-failure', 'not-spam']) {
      expect((await classify(feedback(type, [], ['To: ada@example.net']))).kind).toBe('notice');
    }
    expect((await classify(feedback('opt-out', [], ['To: ada@example.net']))).kind).toBe('unsubscribe');
  });

  it('in the old form of one large provider is known by its subject', async () => {
    const body = 'X-HmXmrOriginalRecipient: ada@example.net\nTo: somebody@example.com\n';
    const headers = [
      ...from('staff@example.net', 'complaint about message from 192.0.2.7'),
      'MIME-Version: 1.0',
      'Content-Type: message/rfc822',
    ];
    expect((await classify(mail(headers, body))).kind).toBe('complaint');
  });
});

describe('an automatic reply', () => {
  it.each([
    [
      'Auto-Submitted of RFC 3834',
      from('ada@example.net', 'Re: The Daily', ['Auto-Submitted: auto-replied']),
    ],
    ['an older header', from('ada@example.net', 'Away', ['X-Autoreply: yes'])],
    ['its precedence', from('ada@example.net', 'Away', ['Precedence: auto_reply'])],
    ['its subject', from('ada@example.net', 'Out of Office: The Daily')],
    ['its subject in German', from('ada@example.net', 'Automatische Antwort: The Daily')],
    ['its subject in Japanese', from('ada@example.net', '=?utf-8?B?6Ieq5YuV6L+U5L+h?=')],
  ])('is known by %s', async (_, headers) => {
    expect(
      (await classify(mail(headers, 'I am away until Monday; mail bo@example.net meanwhile.'))).kind,
    ).toBe('auto-reply');
  });

  it('is not a bounce that calls itself auto-replied', async () => {
    const headers = from(daemon, 'Undelivered Mail', ['Auto-Submitted: auto-replied']);
    expect((await classify(mail(headers, '<ada@example.net>: 550 5.1.1 no such user'))).kind).toBe('hard');
  });

  it('is not a mail that says "Auto-Submitted: no"', async () => {
    expect(
      (await classify(mail(from('ada@example.net', 'Thanks', ['Auto-Submitted: no']), 'I like it.'))).kind,
    ).toBe('unknown');
  });
});

it('a read receipt is a notice', async () => {
  const raw = mail(
    [
      ...from('ada@example.net', 'Read: The Daily'),
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=cut',
    ],
    '--cut\n\nRead.\n--cut\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ada@example.net\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--cut--\n',
  );
  expect(await told(raw)).toEqual([['notice', 'ada@example.net']]);
});

it('a wish to leave is known by its subject', async () => {
  for (const subject of ['unsubscribe', 'Unsubscribe abc', 'Abmelden']) {
    expect((await classify(mail(from('ada@example.net', subject), ''))).kind).toBe('unsubscribe');
  }
});

it('ordinary mail is unknown, also when it speaks of bounces', async () => {
  const body = 'Dear editor,\n\nyour paper of Monday was delivered twice, and my quota is not full.\n';
  expect(await classify(mail(from('ada@example.net', 'A question'), body))).toEqual({
    kind: 'unknown',
    recipients: [],
  });
});

it('a refusal for policy is never hard, whatever it quotes', async () => {
  expect(await told(dsn({ recipients: [refusedForPolicy('ada@example.net')] }))).toEqual([
    ['policy', 'ada@example.net'],
  ]);
});

describe('a notification of SES by mail', () => {
  it('is read, with lines that an old server broke', async () => {
    const event = {
      notificationType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [
          {
            emailAddress: 'ada@example.net',
            status: '5.1.1',
            diagnosticCode: 'smtp; 550 5.1.1 user unknown',
          },
        ],
        feedbackId: 'f-1',
      },
    };
    const text = JSON.stringify(event).replace('bouncedRec', 'bounced!\n Rec');
    const raw = mail(
      from('no-reply@sns.amazonaws.com', 'AWS Notification Message'),
      `${text}\n\n--\nTo stop, click https://sns.example\n`,
    );
    expect(await told(raw)).toEqual([['hard', 'ada@example.net']]);
  });
});

describe('whatever comes', () => {
  it('is answered, also when it is no mail', async () => {
    for (const raw of [
      '',
      '\n',
      'x',
      '\0\0\0',
      'From ',
      ':::\n\n',
      '{"a":1}',
      '<html>',
      'Content-Type: multipart/report\n\n--',
    ]) {
      expect((await classify(Buffer.from(raw))).kind).toBe('unknown');
    }
  });

  it(
    'is cut off where it is huge, nested or a flood of parts or recipients',
    { timeout: 20_000 },
    async () => {
      const huge = Buffer.concat([
        dsn({ recipients: [unknownUser('ada@example.net')] }),
        Buffer.alloc(3 * maxMessageBytes, 'x\n'),
      ]);
      expect((await classify(huge)).kind).toBe('hard');
      const deep = Array.from(
        { length: 500 },
        (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\n\n--b${level}\n`,
      );
      expect((await classify(Buffer.from(`From: x@example.net\n${deep.join('')}`))).kind).toBe('unknown');
      const many = Array.from({ length: 5_000 }, (_, index) => unknownUser(`r${index}@example.net`));
      expect((await classify(dsn({ recipients: many }))).recipients.length).toBeLessThanOrEqual(200);
    },
  );

  it('is answered whatever bytes are changed', async () => {
    const start = dsn({ recipients: [unknownUser('ada@example.net'), mailboxFull('bo@example.net')] });
    const change = fc.record({
      at: fc.nat(start.length - 1),
      bytes: fc.uint8Array({ maxLength: 40 }),
      cut: fc.nat(60),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 8 }), async (changes) => {
        const raw = changes.reduce<Buffer>(
          (bytes, { at, bytes: added, cut }) =>
            Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + cut)]),
          start,
        );
        const { kind, recipients } = await classify(raw);
        expect(recipients.length > 0 || kind === 'unknown').toBe(true);
        for (const { diagnostic } of recipients) expect(diagnostic.length).toBeLessThanOrEqual(500);
      }),
      { numRuns: 150 },
    );
  });
});

it('an address with control characters in it is left out', async () => {
  const fields = ['Final-Recipient: rfc822; ada\u0001@example.net', 'Action: failed', 'Status: 5.1.1'];
  expect(await told(dsn({ recipients: [fields] }))).toEqual([['hard', undefined]]);
});

it('a subject with control characters is told on one line', async () => {
  const { recipients } = await classify(
    mail(from('ada@example.net', '=?utf-8?Q?Out_of_Office=00=0Ax?='), ''),
  );
  expect(recipients).toEqual([{ kind: 'auto-reply', diagnostic: 'Out of Office x' }]);
});

it('floods of one sign in a header or in the text take no time', { timeout: 20_000 }, async () => {
  const start = process.cpuUsage();
  for (const sign of ['?>', '-', '>', ' ', '=', 'a@', '<', '<a@b.cd>', '550 ', 'user ', '\t:']) {
    const flood = sign.repeat(100_000 / sign.length);
    await classify(mail(from(daemon, flood, [`Auto-Submitted: ${flood}`]), flood));
    await classify(
      dsn({
        recipients: [[`Final-Recipient: rfc822; ${flood}`, 'Action: failed', `Diagnostic-Code: ${flood}`]],
        text: flood,
      }),
    );
    await classify(mail(from(daemon, 'Failure'), `${sign.repeat(1_000)}\n`.repeat(100)));
  }
  const { user } = process.cpuUsage(start);
  expect(user / 1000).toBeLessThan(10_000);
});
