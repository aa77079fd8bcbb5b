import { classify } from '../../src/inbound/classify.ts';
import { messagesIn } from '../../src/inbound/mbox.ts';
import { dsn, feedback, mail, mailboxFull, refusedForPolicy, unknownUser } from '../inbound/mails.ts';
import { recorded } from './documents.ts';
import type { FuzzedParser } from './parsers.ts';

const notice = mail(
  ['From: MAILER-DAEMON@mx.example.net', 'To: bounces@example.org', 'Subject: failure notice'],
  'Hi.\n\n<ada@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <a@example.org>\n',
);

/** Mail that comes back, from anybody: nothing of it is ever refused. */
export const inboundMail: FuzzedParser = {
  name: 'inbound-mail',
  documents: () => [
    dsn({
      recipients: [unknownUser('ada@example.net'), mailboxFull('bo@example.net')],
      messageId: '<a@example.org>',
    }),
    dsn({
      recipients: [refusedForPolicy('ada@example.net')],
      returnPath: 'bounces+k2-abcdefghijklmnop@example.org',
    }),
    feedback(
      'abuse',
      ['Original-Rcpt-To: ada@example.net'],
      ['Message-ID: <a@example.org>', 'To: ada@example.net'],
    ),
    notice,
    Buffer.concat([Buffer.from('From x Tue\r\n'), notice, Buffer.from('\r\nFrom y Tue\r\n'), notice]),
    ...recorded('bounces/eml/', /eml$/),
  ],
  read: async (body) => {
    for (const message of messagesIn(body).slice(0, 5)) {
      const { kind, recipients, originalMessageId } = await classify(message);
      const kinds = recipients.map((recipient) => recipient.kind);
      if (kind !== 'unknown' && !kinds.includes(kind)) throw new Error(`no recipient is ${kind}`);
      if (recipients.length > 200) throw new Error(`${recipients.length} recipients`);
      for (const { address = '', diagnostic, status = '5.0.0', code = 550 } of recipients) {
        if (/[\s\p{Cc}]/u.test(address) || address.length > 400)
          throw new Error(`an address ${JSON.stringify(address)}`);
        if (/[\p{Cc}\n]/u.test(diagnostic) || diagnostic.length > 500)
          throw new Error('a diagnostic of many lines');
        if (!/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) throw new Error(`a status ${status}`);
        if (!(code >= 200 && code < 600)) throw new Error(`a code ${code}`);
      }
      if (originalMessageId !== undefined && !/^<[^<>\s]+>$/.test(originalMessageId))
        throw new Error('a bad Message-ID');
    }
  },
};
