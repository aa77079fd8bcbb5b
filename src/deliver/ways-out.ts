import type { MailConfig, ProviderMailConfig } from '../config/mail-config.ts';
import type { Instant } from '../domain/time.ts';
import { atMost } from './at-most.ts';
import { createOutbox } from './outbox.ts';
import { createMailgun } from './providers/mailgun.ts';
import { createPostmark } from './providers/postmark.ts';
import { createSendgrid } from './providers/sendgrid.ts';
import { createSes } from './providers/ses.ts';
import { createRelays, type Relay } from './relays.ts';
import { createSmtp } from './smtp.ts';
import type { Transport } from './transport.ts';

export interface WayOut {
  readonly transport: Transport;
  /** Submissions that make sense at once. */
  readonly connections: number;
}

export interface WayOutParts {
  readonly outboxDir: string;
  /** The clock on the wall: AWS refuses requests that were signed at another time. */
  readonly clock: () => Instant;
  /** Told that a relay is left alone for a while. */
  readonly onDown?: (relay: string, reply: string) => void;
}

/** How mail leaves, as it is configured. */
export function openWayOut(mail: MailConfig, { outboxDir, clock, onDown }: WayOutParts): WayOut {
  switch (mail.transport) {
    case 'outbox':
      return { transport: createOutbox(outboxDir), connections: 1 };
    case 'smtp':
      return { transport: createSmtp(mail.smtp), connections: mail.smtp.connections };
    case 'relays': {
      const [first, ...others] = mail.relays.map((relay): Relay => {
        // One relay may get the mail of all: the other ones can be down.
        const transport = atMost(relay.connections, { ...createSmtp(relay), name: relay.name });
        return { transport, weight: relay.weight };
      });
      if (!first) throw new Error('expected at least one relay, got none');
      return {
        transport: createRelays([first, ...others], { clock, ...(onDown && { onDown }) }),
        connections: mail.relays.reduce((sum, relay) => sum + relay.connections, 0),
      };
    }
    case 'ses':
    case 'postmark':
    case 'mailgun':
    case 'sendgrid':
      return openProvider(mail, clock);
  }
}

function openProvider(mail: ProviderMailConfig, clock: () => Instant): WayOut {
  switch (mail.transport) {
    case 'ses':
      return { transport: createSes(mail.ses, { clock }), connections: mail.ses.connections };
    case 'postmark':
      return { transport: createPostmark(mail.postmark), connections: mail.postmark.connections };
    case 'mailgun':
      return { transport: createMailgun(mail.mailgun), connections: mail.mailgun.connections };
    case 'sendgrid':
      return { transport: createSendgrid(mail.sendgrid), connections: mail.sendgrid.connections };
  }
}
