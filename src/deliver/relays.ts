import { hash } from 'node:crypto';
import { minuteMs, type Instant } from '../domain/time.ts';
import type { SubmissionAnswer, Transport } from './transport.ts';

export interface Relay {
  readonly transport: Transport;
  /** Its share of the mail against those of the others. */
  readonly weight: number;
}

/** A relay that failed as a whole is left alone for so long. */
const downMs = 5 * minuteMs;

/**
 * Several ways out as one. A message goes by the same relay at every attempt, as greylisting wants it (the share of
 * each is its weight), unless that one is down: it could not be reached, or refused us as a whole. Then the next
 * one in that message's order is tried, as long as nothing was handed over.
 */
export function createRelays(
  relays: readonly [Relay, ...Relay[]],
  {
    clock,
    onDown,
  }: { readonly clock: () => Instant; readonly onDown?: (relay: string, reply: string) => void },
): Transport {
  const downUntil = new Map<Transport, Instant>();
  const isUp = ({ transport }: Relay): boolean => clock() >= (downUntil.get(transport) ?? -Infinity);

  return {
    name: relays.map(({ transport }) => transport.name).join(', '),

    async submit(message, beforeHandover, signal) {
      const order = orderFor(message.key, relays);
      const up = order.filter(isUp);
      let last: SubmissionAnswer | undefined;
      for (const { transport } of up.length > 0 ? up : order) {
        let mayBeHandedOver = false;
        const answer = await transport.submit(
          message,
          () => {
            mayBeHandedOver = true;
            return beforeHandover();
          },
          signal,
        );
        if (mayBeHandedOver || signal.aborted || !isRelayFault(answer)) return answer;
        downUntil.set(transport, clock() + downMs);
        onDown?.(transport.name, answer.reply);
        last = answer;
      }
      return last ?? { result: 'deferred', reply: 'no relay is configured' };
    },

    async close() {
      await Promise.all(relays.map(({ transport }) => transport.close()));
    },
  };
}

/** No answer before the hand-over, or a refusal that would meet every message. */
function isRelayFault(answer: SubmissionAnswer): boolean {
  if (answer.result === 'blocked') return answer.about === 'sender';
  return answer.result === 'deferred' && (answer.code === undefined || answer.about === 'relay');
}

/**
 * The relays in the order in which this message tries them: weighted rendezvous hashing, so that another relay in
 * the list moves only the messages that it takes itself.
 */
function orderFor(key: string, relays: readonly Relay[]): readonly Relay[] {
  const scored = relays.map((relay) => {
    const digest = hash('sha256', `${relay.transport.name}\n${key}`, 'buffer');
    const place = (digest.readUInt32BE(0) + 1) / (2 ** 32 + 1);
    return { relay, score: -relay.weight / Math.log(place) };
  });
  return scored.toSorted((a, b) => b.score - a.score).map(({ relay }) => relay);
}
