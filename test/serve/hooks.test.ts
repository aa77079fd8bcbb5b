import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { hookRoutes, type HookParts } from '../../src/serve/hooks.ts';
import { countBounceEvents } from '../../src/store/inbound-events.ts';
import { countInboundMessages } from '../../src/store/inbound-messages.ts';
import { isSuppressed } from '../../src/store/suppressions.ts';
import { now, openLedger, tokens, type Ledger } from '../deliver/ledger.ts';
import { certificateUrl, snsSigner, topic } from '../inbound/webhooks/sns.ts';

const reader = 'ada@example.net';
const key = 'a signing key';
const signer = snsSigner();
const subscribeUrl = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription';

let ledger: Ledger;
let fetched: string[];
let parts: HookParts;

beforeEach(async () => {
  ledger = await openLedger([reader]);
  await ledger.db.updateTable('deliveries').set({ state: 'accepted' }).execute();
  fetched = [];
  parts = {
    db: ledger.db,
    tokens,
    addresses: {},
    now: () => now,
    clock: () => now,
    secrets: {
      ses: { topics: [topic] },
      mailgun: { key },
      postmark: { user: 'paper', password: 'secret' },
    },
    fetchText: async (url) => {
      fetched.push(url);
      if (url === certificateUrl) return signer.certificate;
      if (url === subscribeUrl) return '<ok/>';
      throw new Error('nothing there');
    },
    log: createLogger('silent'),
  };
});
afterEach(() => ledger.close());

const post = (provider: string, body: unknown, headers: Record<string, string> = {}) =>
  hookRoutes(parts).request(`/hooks/${provider}`, { method: 'POST', body: JSON.stringify(body), headers });
const gone = () => isSuppressed(ledger.db, tokens.addressHash(reader), 'daily');

const complaint = {
  eventType: 'Complaint',
  complaint: { complainedRecipients: [{ emailAddress: reader }], feedbackId: 'f-1' },
};
const postmark = { authorization: `Basic ${Buffer.from('paper:secret').toString('base64')}` };

function mailgun(event: object, token: string) {
  const timestamp = String(now / 1000);
  const signature = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
  return { signature: { timestamp, token, signature }, 'event-data': event };
}

it('a genuine complaint ends all mail to the reader, told once or often', async () => {
  const message = signer.sign({ Message: JSON.stringify(complaint) });
  for (const _ of [1, 2, 3]) expect((await post('ses', message)).status).toBe(200);
  expect(await gone()).toBe(true);
  expect(await countBounceEvents(ledger.db, 0)).toEqual({ complaint: 1 });
});

it('the certificate is fetched once, and again after a failure', async () => {
  const app = hookRoutes(parts);
  const request = () =>
    app.request('/hooks/ses', {
      method: 'POST',
      body: JSON.stringify(signer.sign({ Message: JSON.stringify(complaint) })),
    });
  const { fetchText } = parts;
  let failures = 1;
  parts = { ...parts, fetchText };
  const failing = hookRoutes({
    ...parts,
    fetchText: async (url) => {
      if (failures-- > 0) throw new Error('no answer');
      return fetchText(url);
    },
  });
  const body = JSON.stringify(signer.sign({ Message: JSON.stringify(complaint) }));
  expect((await failing.request('/hooks/ses', { method: 'POST', body })).status).toBe(503);
  expect(await gone()).toBe(false);
  expect((await failing.request('/hooks/ses', { method: 'POST', body })).status).toBe(200);
  await request();
  await request();
  expect(fetched).toEqual([certificateUrl, certificateUrl]);
});

it('a forged one changes nothing and is not kept', async () => {
  const message = signer.sign({ Message: JSON.stringify(complaint) });
  expect((await post('ses', { ...message, MessageId: 'm-2' })).status).toBe(403);
  expect((await post('postmark', { RecordType: 'SpamComplaint', ID: 1, Email: reader })).status).toBe(403);
  expect(await gone()).toBe(false);
  expect(await countInboundMessages(ledger.db)).toEqual({});
});

it('a subscription is confirmed at the address that SNS names', async () => {
  const message = signer.sign({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: subscribeUrl });
  expect((await post('ses', message)).status).toBe(200);
  expect(fetched).toContain(subscribeUrl);
});

it('a signature that is put to another text is refused, the same text again is not', async () => {
  const delivered = mailgun({ id: 'e-1', event: 'delivered', recipient: reader }, 't-1');
  const forged = { ...delivered, 'event-data': { id: 'e-2', event: 'complained', recipient: reader } };
  expect((await post('mailgun', delivered)).status).toBe(200);
  expect((await post('mailgun', delivered)).status).toBe(200);
  expect((await post('mailgun', forged)).status).toBe(403);
  expect(await gone()).toBe(false);
  const complained = { id: 'e-2', event: 'complained', recipient: reader };
  expect((await post('mailgun', mailgun(complained, 't-2'))).status).toBe(200);
  expect(await gone()).toBe(true);
});

it('a genuine text in an unknown form is kept', async () => {
  expect((await post('postmark', 'hello', postmark)).status).toBe(200);
  expect(await countInboundMessages(ledger.db)).toEqual({ unread: 1 });
});

it('a provider that is not configured, or that does not exist, has no hook', async () => {
  for (const provider of ['sendgrid', 'other', '__proto__', 'constructor'])
    expect((await post(provider, {})).status).toBe(404);
});

it('what cannot be stored is asked for again', async () => {
  const message = { RecordType: 'SpamComplaint', ID: 1, Email: reader };
  await ledger.db.destroy();
  expect((await post('postmark', message, postmark)).status).toBe(503);
  ledger = { ...ledger, close: async () => {} };
});

it('a text without end is not read', async () => {
  expect((await post('postmark', 'x'.repeat(1_100_000), postmark)).status).toBe(413);
});

it('GET changes nothing', async () => {
  const answer = await hookRoutes(parts).request('/hooks/ses');
  expect(answer.status).toBe(404);
});
