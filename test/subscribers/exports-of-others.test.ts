import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consentsOf } from '../../src/store/consents.ts';
import { importHouse, tokens, type ImportHouse } from './import-house.ts';

let house: ImportHouse;
beforeEach(async () => {
  house = await importHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

async function saidAt(address: string): Promise<string | undefined> {
  const [consent] = await consentsOf(house.db, tokens.addressHash(address));
  return consent && new Date(consent.at).toISOString();
}

describe('the export of another program', () => {
  it('of listmonk: enabled is a yes, disabled a no, blocklisted no mail for good', async () => {
    const report = await house.import(
      'uuid,email,name,attributes,status,created_at,updated_at\n' +
        'a,ada@example.org,Ada,"{""city"": ""Ulm"", ""note"": ""x\ny""}",enabled,2024-01-15 10:00:00.123456 +0000 UTC,2024-01-15 10:00:00 +0000 UTC\n' +
        'b,bo@example.org,Bo,{},disabled,2024-01-15 10:00:00 +0200 CEST,2024-01-15 10:00:00 +0200 CEST\n' +
        'c,cy@example.org,Cy,{},blocklisted,2024-01-15 10:00:00 +0000 UTC,2024-01-15 10:00:00 +0000 UTC\n',
    );
    expect(report).toMatchObject({
      program: 'listmonk',
      faults: 0,
      counts: { subscribed: 1, unsubscribed: 1, suppressed: 1 },
    });
    expect(report.note).toContain('does not name lists');
    expect(await saidAt('ada@example.org')).toBe('2024-01-15T10:00:00.000Z');
    expect(await saidAt('bo@example.org')).toBe('2024-01-15T08:00:00.000Z');
    expect((await house.standing('cy@example.org')).noMail).toEqual({ '*': 'blocklisted in listmonk' });
  });

  const mailchimp =
    'Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP';

  it('of Mailchimp: one file for who is subscribed, one for who left, one for who bounced', async () => {
    const joined = await house.import(
      `"Email Address","First Name","Last Name",${mailchimp.slice(35)},LEID,EUID,NOTES,TAGS\n` +
        'ada@example.org,Ada,Lovelace,2,"2020-01-01 09:00:00",,"2020-01-01 09:05:00",,1,e,,"""VIP"""\n' +
        'bo@example.org,Bo,,2,,,,,2,f,,\ncy@example.org,Cy,,2,,,,,3,g,,\n',
    );
    expect(joined).toMatchObject({ program: 'Mailchimp', counts: { subscribed: 3 }, faults: 0 });
    expect(await saidAt('ada@example.org')).toBe('2020-01-01T09:05:00.000Z');
    await house.import(
      `${mailchimp},UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID\n` +
        'ada@example.org,Ada,,2,,,,,2021-05-01 10:00:00,,,N/A,,1,e\ndi@example.org,Di,,2,,,,,2021-05-01 10:00:00,,,SPAM,,4,h\n',
    );
    await house.import(
      `${mailchimp},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,LEID,EUID\nbo@example.org,Bo,,2,,,,,2022-01-01 10:00:00,,2,f\n`,
    );
    expect((await house.standing('ada@example.org')).states).toEqual({ daily: 'unsubscribed' });
    expect((await house.standing('bo@example.org')).noMail).toEqual({ '*': 'hard bounce at Mailchimp' });
    expect((await house.standing('cy@example.org')).states).toEqual({ daily: 'confirmed' });
    expect((await house.standing('di@example.org')).noMail['*']).toBe('complaint at Mailchimp');
  });

  it('of Mailchimp: contacts who never subscribed are not taken in', async () => {
    const name = 'nonsubscribed_email_audience_export_1a2b.csv';
    const { counts } = await house.import(`${mailchimp}\nada@example.org,Ada,,2,,,,\n`, { name });
    expect(counts).toMatchObject({ pending: 1, added: 0 });
  });

  it('of Mailchimp: a row of the file of those who left is a no even when it is broken', async () => {
    await house.import('email\nada@example.org\n');
    const { told } = await house.import(`${mailchimp},UNSUB_TIME,LEID\nada@example.org,Ada\n`);
    expect(told).toHaveLength(1);
    expect((await house.standing('ada@example.org')).states).toEqual({ daily: 'unsubscribed' });
  });

  it.each([
    ['email_address', 'type'],
    ['email', 'subscriber_type'],
  ])('of Buttondown, with %s and %s', async (email, type) => {
    const report = await house.import(
      `${email},notes,${type},tags,creation_date,unsubscription_date\n` +
        'ada@example.org,,regular,,2024-02-01T10:00:00.000000Z,\nbo@example.org,,unsubscribed,,2024-02-01T10:00:00Z,2025-01-01T00:00:00Z\n' +
        'cy@example.org,,unactivated,,2024-02-01T10:00:00Z,\ndi@example.org,,undeliverable,,2024-02-01T10:00:00Z,\n' +
        'ed@example.org,,complained,,2024-02-01T10:00:00Z,\nflo@example.org,,brand-new,,2024-02-01T10:00:00Z,\n',
    );
    expect(report).toMatchObject({
      program: 'Buttondown',
      faults: 1,
      counts: { subscribed: 1, unsubscribed: 2, suppressed: 2, pending: 1 },
    });
    expect(report.told).toEqual([
      expect.stringContaining('expected a state that Buttondown has, got "brand-new"'),
    ]);
    expect(await saidAt('ada@example.org')).toBe('2024-02-01T10:00:00.000Z');
  });

  it.each(['plan,email_disabled,created_at,first_payment_at', 'email_disabled,prefer_digests,created_at'])(
    'of Substack, with %s',
    async (rest) => {
      const columns = rest.split(',');
      const row = (address: string, isDisabled: string): string =>
        [
          address,
          'false',
          '',
          ...columns.map((one) =>
            one === 'email_disabled' ? isDisabled : one === 'created_at' ? '2025-01-01T00:00:00.000Z' : '',
          ),
        ].join(',');
      const { program, counts } = await house.import(
        `email,active_subscription,expiry,${rest}\n${row('ada@example.org', 'false')}\n${row('bo@example.org', 'true')}\n`,
      );
      expect(program).toBe('Substack');
      expect(counts).toMatchObject({ subscribed: 1, unsubscribed: 1 });
    },
  );
});
