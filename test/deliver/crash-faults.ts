/* What the server of the crash test does wrong, drawn by a seed. */

/** The next number from 0 to 1, without 1. */
export type Random = () => number;

/** Numbers that are the same for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from 0 to `below`, without it. */
export function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

export type Stage = 'greeting' | 'starttls' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot';

/** A wrong answer at a stage. */
export interface Fault {
  readonly stage: Stage;
  readonly weight: number;
  /** Bytes written; without them nothing is said. */
  readonly says?: string;
  readonly waitMs?: number;
  /** Ends the connection. */
  readonly hangsUp?: true;
  /** Whether the message counts as taken, all the same. */
  readonly takes?: true;
}

const garbage = 'Lorem \u0001\u00ff ipsum 250\r\n';

const faults: readonly Fault[] = [
  { stage: 'greeting', weight: 3, hangsUp: true },
  { stage: 'greeting', weight: 2, says: '421 4.3.2 Too busy\r\n', hangsUp: true },
  { stage: 'greeting', weight: 1, says: garbage, hangsUp: true },
  { stage: 'greeting', weight: 1, says: '554 5.3.2 No service here\r\n', hangsUp: true },
  { stage: 'greeting', weight: 2, says: '220 slow.example\r\n', waitMs: 120 },
  { stage: 'starttls', weight: 4, says: '454 4.7.0 TLS is not available\r\n' },
  { stage: 'starttls', weight: 1, says: '220 Go ahead\r\nthis is no handshake', hangsUp: true },
  { stage: 'starttls', weight: 1, hangsUp: true },
  { stage: 'mail', weight: 8, hangsUp: true },
  { stage: 'mail', weight: 3, says: '421 4.3.2 Service is shutting down\r\n', hangsUp: true },
  { stage: 'mail', weight: 1, says: '451 4.3.0 Try later\r\n' },
  { stage: 'mail', weight: 1, says: garbage },
  { stage: 'rcpt', weight: 8, says: '450 4.2.1 The mailbox is busy\r\n' },
  { stage: 'rcpt', weight: 4, says: '451 4.7.1 Greylisting in action, come back later\r\n' },
  { stage: 'rcpt', weight: 2, says: '454 Throttling failure: Maximum sending rate exceeded.\r\n' },
  { stage: 'rcpt', weight: 4, says: '550 5.1.1 No such user here\r\n' },
  { stage: 'rcpt', weight: 2, says: '552 5.2.2 The mailbox is full\r\n' },
  { stage: 'rcpt', weight: 1, says: garbage },
  { stage: 'rcpt', weight: 2, hangsUp: true },
  { stage: 'data', weight: 8, hangsUp: true },
  { stage: 'data', weight: 2, says: '35', hangsUp: true },
  { stage: 'data', weight: 2, says: '421 4.3.2 Closing\r\n', hangsUp: true },
  { stage: 'data', weight: 2, says: '451 4.3.0 Later\r\n' },
  { stage: 'data', weight: 2, says: '554 5.5.1 No valid recipients\r\n' },
  { stage: 'data', weight: 1, says: garbage },
  { stage: 'body', weight: 5, hangsUp: true },
  { stage: 'dot', weight: 4, hangsUp: true, takes: true },
  { stage: 'dot', weight: 4, hangsUp: true },
  { stage: 'dot', weight: 3, says: '25', hangsUp: true, takes: true },
  { stage: 'dot', weight: 2, says: '250-2.0.0 half an ans\r\n', hangsUp: true, takes: true },
  { stage: 'dot', weight: 1, says: garbage, takes: true },
  { stage: 'dot', weight: 1, says: garbage },
  { stage: 'dot', weight: 4, says: '421 4.3.0 Closing\r\n', hangsUp: true },
  { stage: 'dot', weight: 4, says: '450 4.2.0 The mailbox is busy\r\n' },
  { stage: 'dot', weight: 8, says: '451 4.3.0 Local error\r\n' },
  { stage: 'dot', weight: 2, says: '452 4.3.1 Insufficient system storage\r\n' },
  { stage: 'dot', weight: 2, says: '454 Throttling failure: Maximum sending rate exceeded.\r\n' },
  { stage: 'dot', weight: 3, says: '552 5.2.2 The mailbox is full\r\n' },
  { stage: 'dot', weight: 3, says: '554 5.6.0 The message cannot be read\r\n' },
  { stage: 'dot', weight: 2, says: '554 5.7.1 Refused by policy\r\n' },
  { stage: 'dot', weight: 6, says: '250 2.0.0 Taken, slowly\r\n', waitMs: 150, takes: true },
];

/** Drawn once for each connection, and once for each message; undefined when nothing goes wrong. */
export function drawFault(random: Random, of: 'connection' | 'message', chance: number): Fault | undefined {
  if (random() >= chance) return undefined;
  const possible = faults.filter(
    ({ stage }) => (stage === 'greeting' || stage === 'starttls') === (of === 'connection'),
  );
  let left = random() * possible.reduce((sum, { weight }) => sum + weight, 0);
  return possible.find(({ weight }) => (left -= weight) < 0);
}
