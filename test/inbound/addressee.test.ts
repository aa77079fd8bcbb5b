import { describe, expect, it } from 'vitest';
import { addresseeOf, takesMailFor, type InboundAddresses } from '../../src/inbound/addressee.ts';
import { messageParts } from '../../src/inbound/message-parts.ts';
import { dsn, mail, unknownUser } from './mails.ts';

const addresses: InboundAddresses = {
  bounces: 'bounces@example.org',
  unsubscribe: 'Unsub@example.org',
  others: ['fbl@example.org'],
};
const token = 'k2-abcdefghijklmnop';
const partsOf = (raw: Uint8Array) => messageParts(raw);
const plain = partsOf(mail(['From: x@example.net', 'Subject: Hello'], ''));

describe('the token of a bounce', () => {
  it('is in the envelope, whatever happened to the case of its letters', async () => {
    const to = [`Bounces+${token.toUpperCase()}@EXAMPLE.org`];
    expect(addresseeOf(await plain, to, addresses).bounceToken).toBe(token);
  });

  it('is in the headers where no envelope is known, and in the return path of the mail that came back', async () => {
    for (const header of [
      `Delivered-To: bounces+${token}@example.org`,
      `To: "B" <bounces+${token}@example.org>`,
    ]) {
      const parts = await partsOf(mail(['From: x@example.net', header], ''));
      expect(addresseeOf(parts, [], addresses).bounceToken).toBe(token);
    }
    const raw = dsn({
      recipients: [unknownUser('ada@example.net')],
      returnPath: `bounces+${token}@example.org`,
    });
    expect(addresseeOf(await partsOf(raw), [], addresses).bounceToken).toBe(token);
  });

  it('is not taken from another domain', async () => {
    expect(addresseeOf(await plain, [`bounces+${token}@example.com`], addresses)).toEqual({
      isUnsubscribe: false,
    });
  });
});

describe('the token of a wish to leave', () => {
  const signed = 'aau.daily.AbCdEfGhIjKlMnOpQrStUv.AbCdEfGhIjKlMnOp';

  it('is in the address, with its letters as they are', async () => {
    expect(addresseeOf(await plain, [`unsub+${signed}@example.org`], addresses)).toEqual({
      unsubscribeToken: signed,
      isUnsubscribe: true,
    });
  });

  it('is in the subject', async () => {
    const parts = await partsOf(mail(['From: x@example.net', `Subject: unsubscribe ${signed}`], ''));
    expect(addresseeOf(parts, ['unsub@example.org'], addresses)).toEqual({
      unsubscribeToken: signed,
      isUnsubscribe: true,
    });
  });

  it('is not any word of a subject', async () => {
    const parts = await partsOf(mail(['From: x@example.net', 'Subject: unsubscribe me'], ''));
    expect(addresseeOf(parts, [], addresses)).toEqual({ isUnsubscribe: false });
  });
});

it('mail is taken for our addresses and no others', () => {
  for (const address of [
    'bounces@example.org',
    `BOUNCES+${token}@example.org`,
    'unsub@example.org',
    'unsub+a.b_c-d@example.org',
    'FBL@example.org',
  ]) {
    expect(takesMailFor(address, addresses), address).toBe(true);
  }
  for (const address of [
    'reader@example.net',
    'bounces@example.com',
    'bounces+a b@example.org',
    'fbl+x@example.org',
    'bounces+%0d@example.org',
    '',
    'xbounces@example.org',
    'bounces@example.org.example.net',
  ]) {
    expect(takesMailFor(address, addresses), address).toBe(false);
  }
  expect(takesMailFor('bounces@example.org', {})).toBe(false);
});
