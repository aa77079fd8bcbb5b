import { segmentMessages } from '../../../src/deliver/message.ts';
import type { OutgoingMessage } from '../../../src/deliver/transport.ts';
import { slotted } from '../../../src/render/mail/slots.ts';
import { edition } from '../ledger.ts';

const nobody = { forName: '', reason: '', webUrl: '', feedUrl: '', unsubscribeUrl: '', preferences: '' };

/** A digest mail with names that need care, as it is made for readers. */
export async function sampleMail(): Promise<OutgoingMessage> {
  const write = segmentMessages({
    edition: { ...edition, digestName: 'Täglich' },
    site: { baseUrl: 'https://papers.example.org/', contact: 'editor@example.org' },
    sender: {
      from: { name: 'The "Paper", daily', address: 'paper@example.org' },
      replyTo: { address: 'editor@example.org' },
      bounceAddress: (id) => `bounces+t${id}@example.org`,
    },
    mail: {
      subject: 'Größe zählt: 3 papers on agents',
      html: slotted('<p>Café &amp; <a href="https://papers.example.org/e/">more</a></p>\n.dot\n'),
      text: slotted('Café, a line that begins\n.with a dot\n'),
    },
  });
  return write({
    delivery: { id: 7, address: 'ada@example.net', name: 'Ada Ünal', messageId: '<key7@example.org>' },
    unsubscribeToken: 'token7',
    values: { html: nobody, text: nobody },
  });
}
