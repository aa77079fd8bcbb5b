import { beforeAll, describe, expect, it } from 'vitest';
import type { HookReading } from '../../../src/inbound/webhooks/provider-event.ts';
import { readSesHook } from '../../../src/inbound/webhooks/ses.ts';
import type { SnsMessage } from '../../../src/inbound/webhooks/sns-signature.ts';
import { snsSigner, topic, type Signer } from './sns.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
let signer: Signer;
beforeAll(() => {
  signer = snsSigner();
});

const read = (message: unknown, at = now): Promise<HookReading> =>
  readSesHook(
    { headers: {}, body: JSON.stringify(message) },
    { topics: [topic], certificate: async () => signer.certificate, now: at },
  );
const readEvent = (event: unknown) => read(signer.sign({ Message: JSON.stringify(event) }));

const bounce = {
  notificationType: 'Bounce',
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      { emailAddress: 'ada@example.net', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
      {
        emailAddress: 'bo@example.net',
        status: '5.7.1',
        diagnosticCode: 'smtp; 554 5.7.1 blocked using bl.example.org',
      },
      { emailAddress: 'cy@example.net' },
    ],
    timestamp: '2026-11-24T05:59:00.000Z',
    feedbackId: 'f-1',
  },
  mail: { messageId: 'of-ses', headers: [{ name: 'Message-ID', value: '<abc@example.org>' }] },
};

describe('a bounce that SES tells', () => {
  it('counts for all its recipients, each by the words of its server', async () => {
    expect(await readEvent(bounce)).toMatchObject({
      verdict: 'genuine',
      events: [
        {
          id: 'f-1',
          originalMessageId: '<abc@example.org>',
          at: now - 60_000,
          recipients: [
            { address: 'ada@example.net', kind: 'hard', status: '5.1.1' },
            { address: 'bo@example.net', kind: 'policy', reason: 'blocked' },
            { address: 'cy@example.net', kind: 'hard', reason: 'unknown user' },
          ],
        },
      ],
    });
  });

  it.each([
    ['Transient', 'MailboxFull', 'soft'],
    ['Transient', 'General', 'soft'],
    ['Transient', 'ContentRejected', 'policy'],
    ['Permanent', 'NoEmail', 'hard'],
    ['Undetermined', 'Undetermined', 'soft'],
  ])('%s, %s is %s', async (bounceType, bounceSubType, kind) => {
    const event = {
      ...bounce,
      bounce: {
        ...bounce.bounce,
        bounceType,
        bounceSubType,
        bouncedRecipients: [{ emailAddress: 'a@example.net' }],
      },
    };
    expect(await readEvent(event)).toMatchObject({ events: [{ recipients: [{ kind }] }] });
  });
});

it('a complaint counts in both of its forms', async () => {
  const complaint = { complainedRecipients: [{ emailAddress: 'ada@example.net' }], feedbackId: 'f-2' };
  for (const name of ['notificationType', 'eventType']) {
    expect(await readEvent({ [name]: 'Complaint', complaint })).toMatchObject({
      events: [{ id: 'f-2', recipients: [{ kind: 'complaint', address: 'ada@example.net' }] }],
    });
  }
  const notSpam = { ...complaint, complaintFeedbackType: 'not-spam' };
  expect(await readEvent({ eventType: 'Complaint', complaint: notSpam })).toMatchObject({
    events: [{ recipients: [{ kind: 'notice' }] }],
  });
});

describe('the signature of SNS', () => {
  it('is checked in version 1 (SHA-1) and 2 (SHA-256), with and without a subject', async () => {
    for (const SignatureVersion of ['1', '2'] as const) {
      for (const more of [{}, { Subject: 'A subject' }]) {
        expect(
          await read(signer.sign({ SignatureVersion, Message: JSON.stringify(bounce), ...more })),
        ).toMatchObject({ verdict: 'genuine' });
      }
    }
  });

  it.each<[string, (message: SnsMessage) => unknown]>([
    ['a changed message', (message) => ({ ...message, Message: '{"notificationType":"Complaint"}' })],
    ['another topic', (message) => ({ ...message, TopicArn: `${topic}2` })],
    ['the version of the other hash', (message) => ({ ...message, SignatureVersion: '1' })],
    ['no signature', (message) => ({ ...message, Signature: '' })],
    [
      'a certificate from elsewhere',
      (message) => ({ ...message, SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.example.net/x.pem' }),
    ],
    [
      'a certificate over http',
      (message) => ({ ...message, SigningCertURL: message.SigningCertURL.replace('https', 'http') }),
    ],
    [
      'a certificate that is none',
      (message) => ({ ...message, SigningCertURL: message.SigningCertURL.replace('.pem', '') }),
    ],
    [
      'a certificate at another port',
      (message) => ({ ...message, SigningCertURL: message.SigningCertURL.replace('.com/', '.com:8443/') }),
    ],
    ['another kind of text', () => 'hello'],
    ['no object', () => null],
  ])('does not hold for %s', async (_, change) => {
    expect(await read(change(signer.sign({ Message: JSON.stringify(bounce) })))).toMatchObject({
      verdict: 'forged',
    });
  });

  it('does not hold by a certificate that has run out, or by one that is garbage', async () => {
    const message = signer.sign({ Message: JSON.stringify(bounce) });
    expect(await read(message, Date.parse('2036-06-01T00:00:00Z'))).toMatchObject({ verdict: 'forged' });
    const hook = { topics: [topic], certificate: async () => 'garbage', now };
    expect(await readSesHook({ headers: {}, body: JSON.stringify(message) }, hook)).toMatchObject({
      verdict: 'forged',
    });
  });
});

it('a question whether we subscribe is answered at an address of SNS only', async () => {
  const ask = (SubscribeURL: string) =>
    read(signer.sign({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL }));
  const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
  expect(await ask(url)).toEqual({ verdict: 'confirm', url });
  expect(await ask('https://internal.example.net/')).toMatchObject({ verdict: 'forged' });
});

it('a genuine notification in a form that is not known is told as unread', async () => {
  expect(await read(signer.sign({ Message: 'Successfully validated SNS topic' }))).toMatchObject({
    verdict: 'unread',
  });
});
