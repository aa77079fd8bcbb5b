import { readFileSync } from 'node:fs';
import type { Delivery } from '../../src/domain/delivery.ts';
import { segmentMessages } from '../../src/deliver/message.ts';
import { openSender } from '../../src/deliver/sender.ts';
import type { OutgoingMessage } from '../../src/deliver/transport.ts';
import { slots, slotted } from '../../src/render/mail/slots.ts';
import { edition, tokens } from './ledger.ts';

/** Makes the mail of a row as the program does, signed with the RSA key in this file; its body is short, for there are many. */
export function crashMail(keyFile: string): (delivery: Delivery) => Promise<OutgoingMessage> {
  const sender = openSender(
    {
      from: { name: 'The Morning Broadsheet', address: 'paper@example.org' },
      replyTo: { address: 'editor@example.org' },
      bounces: 'bounces@example.org',
      dkim: [{ domain: 'example.org', selector: 'c', privateKey: readFileSync(keyFile, 'utf8') }],
    },
    tokens,
  );
  const write = segmentMessages({
    edition,
    site: { baseUrl: 'https://papers.example.org/daily/', contact: 'editor@example.org' },
    sender,
    mail: {
      subject: 'Agents that plan – and 3 more',
      html: slotted(
        `<!doctype html><p>${slots.reason}</p>\n<p>.</p>${'<p>An invented paper.</p>\n'.repeat(90)}`,
      ),
      text: slotted(`${slots.reason}\n.\n${'An invented paper.\n'.repeat(60)}`),
    },
  });
  return (delivery) => {
    const values = {
      forName: '',
      preferences: '',
      reason: `You get this because ${delivery.address} is subscribed.`,
      webUrl: '',
      feedUrl: '',
      unsubscribeUrl: '',
    };
    const unsubscribeToken = tokens.sign('unsubscribe', delivery);
    return write({ delivery, unsubscribeToken, values: { html: values, text: values } });
  };
}
