import type { SenderConfig } from '../config/config.ts';
import { verpAddress } from '../domain/verp.ts';
import { createDkimSigner } from './dkim.ts';
import type { Sender } from './message.ts';
import type { Transport } from './transport.ts';

/** Who sends, as it is configured. Throws UsageError when a DKIM key cannot sign. */
export function openSender(
  { from, replyTo, bounces, dkim }: SenderConfig,
  tokens: { deliveryToken(deliveryId: number): string },
): Sender {
  return {
    from,
    ...(replyTo && { replyTo }),
    ...(bounces !== undefined && {
      bounceAddress: (deliveryId: number) => verpAddress(tokens.deliveryToken(deliveryId), bounces),
    }),
    ...(dkim && { dkim: createDkimSigner(dkim) }),
  };
}

const signature = Buffer.from('DKIM-Signature:');

/**
 * The transport, but nothing leaves through it without a signature at its beginning: a mail that some way of making
 * mails left unsigned blocks the run. The last guard; makers of mails refuse by themselves.
 */
export function signedOnly(transport: Transport): Transport {
  return {
    name: transport.name,
    submit(message, beforeHandover, signal) {
      if (signature.equals(message.raw.subarray(0, signature.length))) {
        return transport.submit(message, beforeHandover, signal);
      }
      const reply =
        'expected a mail with a DKIM signature, got one without; this is a fault of Broadsheet: report it';
      return Promise.resolve({ result: 'blocked', about: 'sender', reply });
    },
    close: () => transport.close(),
  };
}
