import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readMailgunHook, signatureAgeMs } from '../../../src/inbound/webhooks/mailgun.ts';
import { readPostmarkHook } from '../../../src/inbound/webhooks/postmark.ts';
import { readSendgridHook } from '../../../src/inbound/webhooks/sendgrid.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
const address = 'ada@example.net';

describe('Postmark', () => {
  const hook = { user: 'paper', password: 'secret: with colon' };
  const authorization = `Basic ${Buffer.from('paper:secret: with colon').toString('base64')}`;
  const read = (record: unknown, headers: Record<string, string> = { authorization }) =>
    readPostmarkHook({ headers, body: JSON.stringify(record) }, hook);

  it('is known by user and password', () => {
    const record = { RecordType: 'Bounce', ID: 42, Type: 'HardBounce', Email: address };
    expect(read(record).verdict).toBe('genuine');
    for (const wrong of [
      '',
      'Basic ',
      authorization.replace('Basic', 'basic '),
      `${authorization}x`,
      'Bearer x',
    ]) {
      expect(read(record, { authorization: wrong }).verdict).toBe('forged');
    }
    expect(read(record, {}).verdict).toBe('forged');
  });

  it.each([
    [{ RecordType: 'Bounce', Type: 'HardBounce' }, 'hard'],
    [{ RecordType: 'Bounce', Type: 'HardBounce', Details: 'smtp;550 5.1.1 user unknown' }, 'hard'],
    [{ RecordType: 'Bounce', Type: 'SoftBounce', Details: '552 5.2.2 mailbox full' }, 'soft'],
    [{ RecordType: 'Bounce', Type: 'Blocked', Details: '' }, 'policy'],
    [{ RecordType: 'Bounce', Type: 'SpamNotification', Details: '' }, 'policy'],
    [{ RecordType: 'Bounce', Type: 'AutoResponder' }, 'auto-reply'],
    [{ Type: 'HardBounce' }, 'hard'],
    [{ RecordType: 'SpamComplaint', Type: 'SpamComplaint' }, 'complaint'],
    [
      {
        RecordType: 'SubscriptionChange',
        SuppressSending: true,
        SuppressionReason: 'ManualSuppression',
        Recipient: address,
        Email: undefined,
      },
      'unsubscribe',
    ],
    [
      {
        RecordType: 'SubscriptionChange',
        SuppressSending: true,
        SuppressionReason: 'HardBounce',
        Recipient: address,
        Email: undefined,
      },
      'notice',
    ],
    [{ RecordType: 'Delivery', Recipient: address, Email: undefined }, 'notice'],
  ])('%j is %s', (record, kind) => {
    expect(read({ ID: 42, Email: address, ...record })).toMatchObject({
      events: [{ recipients: [{ address, kind }] }],
    });
  });

  it('names each event by its record and number', () => {
    const ids = [
      { RecordType: 'Bounce', ID: 42 },
      { RecordType: 'SpamComplaint', ID: 42 },
    ].map((one) => {
      const told = read({ ...one, Email: address });
      return told.verdict === 'genuine' ? told.events[0]?.id : undefined;
    });
    expect(ids).toEqual(['Bounce:42', 'SpamComplaint:42']);
  });

  it('that sends no record is told as unread', () => {
    expect(read('x').verdict).toBe('unread');
  });
});

describe('Mailgun', () => {
  const key = 'a signing key';
  const signature = (timestamp = now / 1000, token = 't-1') => ({
    timestamp: String(timestamp),
    token,
    signature: createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex'),
  });
  const read = (event: unknown, signed: unknown = signature()) =>
    readMailgunHook(
      { headers: {}, body: JSON.stringify({ signature: signed, 'event-data': event }) },
      { key, now },
    );
  const failed = {
    id: 'e-1',
    event: 'failed',
    severity: 'permanent',
    reason: 'bounce',
    recipient: address,
    timestamp: 1_795_500_000.5,
    message: { headers: { 'message-id': 'abc@example.org' } },
    'delivery-status': { code: 550, message: '5.1.1 user unknown', 'enhanced-code': '5.1.1' },
  };

  it('tells the event with its token, which may stand for no other body', () => {
    expect(read(failed)).toMatchObject({
      verdict: 'genuine',
      nonce: 't-1',
      events: [
        {
          id: 'e-1',
          originalMessageId: '<abc@example.org>',
          at: 1_795_500_000_500,
          recipients: [{ kind: 'hard', address, status: '5.1.1', code: 550 }],
        },
      ],
    });
  });

  it('is known by its signature, for some minutes', () => {
    const seconds = signatureAgeMs / 1000;
    for (const [age, verdict] of [
      [seconds, 'genuine'],
      [seconds + 1, 'forged'],
      [-seconds - 1, 'forged'],
    ] as const) {
      expect(read(failed, signature(now / 1000 - age)).verdict, `${age} s`).toBe(verdict);
    }
    const wrong = [
      'x',
      null,
      {},
      { ...signature(), token: 't-2' },
      { ...signature(), signature: 'a'.repeat(64) },
      { ...signature(), signature: '' },
    ];
    for (const signed of wrong) expect(read(failed, signed).verdict).toBe('forged');
    expect(readMailgunHook({ headers: {}, body: 'x' }, { key, now }).verdict).toBe('forged');
  });

  it.each([
    [{ severity: 'temporary' }, 'notice'],
    [{ 'delivery-status': { code: 552, description: 'mailbox full' } }, 'soft'],
    [{ 'delivery-status': { code: 554, message: '5.7.1 blocked using bl.example.org' } }, 'policy'],
    [{ reason: 'suppress-complaint' }, 'notice'],
    [{ event: 'complained' }, 'complaint'],
    [{ event: 'unsubscribed' }, 'unsubscribe'],
    [{ event: 'delivered' }, 'notice'],
  ])('%j is %s', (more, kind) => {
    expect(read({ ...failed, ...more })).toMatchObject({ events: [{ recipients: [{ kind }] }] });
  });

  it('that signs something else is told as unread', () => {
    expect(read({ hello: 1 }).verdict).toBe('unread');
  });
});

describe('SendGrid', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const hook = { publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
  const timestamp = '1795500000';
  function read(
    events: unknown,
    change: { body?: string; timestamp?: string; signature?: string; key?: string } = {},
  ) {
    const body = JSON.stringify(events);
    const signature = createSign('SHA256').update(`${timestamp}${body}`).sign(privateKey, 'base64');
    const headers = {
      'x-twilio-email-event-webhook-signature': change.signature ?? signature,
      'x-twilio-email-event-webhook-timestamp': change.timestamp ?? timestamp,
    };
    return readSendgridHook(
      { headers, body: change.body ?? body },
      { publicKey: change.key ?? hook.publicKey },
    );
  }
  const bounced = {
    event: 'bounce',
    type: 'bounce',
    email: address,
    sg_event_id: 's-1',
    status: '5.1.1',
    reason: '550 5.1.1 user unknown',
    'smtp-id': '<abc@example.org>',
    timestamp: 1_795_500_000,
  };

  it('tells a list of events', () => {
    expect(
      read([bounced, { event: 'spamreport', email: 'bo@example.net', sg_event_id: 's-2' }]),
    ).toMatchObject({
      verdict: 'genuine',
      events: [
        {
          id: 's-1',
          originalMessageId: '<abc@example.org>',
          at: 1_795_500_000_000,
          recipients: [{ kind: 'hard', address }],
        },
        { id: 's-2', recipients: [{ kind: 'complaint', address: 'bo@example.net' }] },
      ],
    });
  });

  it('is known by its signature over the time and the body as it came', () => {
    const pem = publicKey.export({ format: 'pem', type: 'spki' });
    expect(read([bounced], { key: pem }).verdict).toBe('genuine');
    const wrong = [
      { body: '[]' },
      { timestamp: '1795500001' },
      { signature: '' },
      { signature: 'AAAA' },
      { key: 'garbage' },
      {
        key: generateKeyPairSync('ed25519')
          .publicKey.export({ format: 'der', type: 'spki' })
          .toString('base64'),
      },
    ];
    for (const change of wrong)
      expect(read([bounced], change).verdict, JSON.stringify(change)).toBe('forged');
  });

  it.each([
    [{ type: 'blocked', status: '', reason: 'rejected' }, 'policy'],
    [{ type: 'blocked', status: '4.2.2', reason: '452 4.2.2 mailbox full' }, 'soft'],
    [{ status: undefined, reason: 'something' }, 'hard'],
    [{ event: 'dropped', reason: 'Bounced Address' }, 'hard'],
    [{ event: 'dropped', reason: 'Unsubscribed Address' }, 'notice'],
    [{ event: 'group_unsubscribe' }, 'unsubscribe'],
    [{ event: 'deferred' }, 'notice'],
    [{ event: 'delivered' }, 'notice'],
  ])('%j is %s', (more, kind) => {
    expect(read([{ ...bounced, ...more }])).toMatchObject({ events: [{ recipients: [{ kind }] }] });
  });

  it('one event that cannot be read does not stop the others', () => {
    expect(read([{ odd: 1 }, bounced])).toMatchObject({ verdict: 'genuine', events: [{ id: 's-1' }] });
    expect(read([{ odd: 1 }]).verdict).toBe('unread');
    expect(read({}).verdict).toBe('unread');
    expect(read([]).verdict).toBe('genuine');
  });
});
