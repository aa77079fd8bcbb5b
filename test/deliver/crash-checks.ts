import { DatabaseSync } from 'node:sqlite';
import type { CrashServer, Transaction } from './crash-server.ts';

interface Row {
  readonly id: number;
  readonly address: string;
  readonly state: string;
  readonly attempts: number;
  readonly epoch: number;
  readonly reply: string | null;
}

interface Try {
  readonly delivery: number;
  readonly epoch: number;
  readonly handedOver: number | null;
  readonly ended: number | null;
  readonly result: string | null;
}

/** Addresses in doubt whose try has no end: their sender died, or is at it. */
export function unanswered(path: string): ReadonlySet<string> {
  using file = new DatabaseSync(path);
  const rows = file
    .prepare(
      `select address from deliveries join attempts
         on delivery_id = id and attempts.lease_epoch = deliveries.lease_epoch
       where state = 'in_doubt' and attempts.ended_at is null`,
    )
    .all();
  return new Set(rows.map((row) => String(row['address'])));
}

export interface Ending {
  readonly states: Readonly<Record<string, number>>;
  /** Addresses whose mail the server took more than once. */
  readonly doubles: number;
  /** Messages that the server took and that nobody can know of. */
  readonly unclear: number;
  readonly failures: readonly string[];
}

/** Holds the ledger at its end against what the server noted. */
export function endingOf(
  path: string,
  readers: number,
  transactions: readonly Transaction[],
  server: Pick<CrashServer, 'refused' | 'troubled'>,
  policy: 'hold' | 'resend',
): Ending {
  using file = new DatabaseSync(path);
  const failures: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) failures.push(what);
  };
  const integrity = file.prepare('pragma integrity_check').all();
  expect(JSON.stringify(integrity) === '[{"integrity_check":"ok"}]', JSON.stringify(integrity));
  expect(file.prepare('pragma foreign_key_check').all().length === 0, 'a foreign key points nowhere');
  const rows = file
    .prepare('select id, address, state, attempts, lease_epoch as epoch, last_reply as reply from deliveries')
    .all() as unknown as readonly Row[];
  const tries = file
    .prepare(
      'select delivery_id as delivery, lease_epoch as epoch, handed_over_at as handedOver, ended_at as ended, result from attempts',
    )
    .all() as unknown as readonly Try[];
  const triesOf = Map.groupBy(tries, ({ delivery }) => delivery);
  const heard = Map.groupBy(transactions, ({ to }) => to);
  const states: Record<string, number> = {};
  let doubles = 0;
  expect(rows.length === readers, `expected ${readers} rows, got ${rows.length}`);

  for (const row of rows) {
    states[row.state] = (states[row.state] ?? 0) + 1;
    const mine = heard.get(row.address) ?? [];
    const taken = mine.filter(({ isTaken }) => isTaken);
    const own = triesOf.get(row.id) ?? [];
    const faults = [
      ...rowFaults(row, mine, server),
      ...tryFaults(row, own),
      ...(mine.filter(({ sha256 }) => sha256 !== undefined).length >
      own.filter(({ handedOver }) => handedOver !== null).length
        ? ['more messages than markers']
        : []),
      ...(new Set(mine.flatMap(({ sha256 }) => sha256 ?? [])).size > 1 ? ['its mails differ'] : []),
    ];
    if (taken.length > 1) {
      doubles += 1;
      if (policy === 'hold') faults.push('mailed twice');
      if (taken.slice(0, -1).some(({ isUnclear }) => !isUnclear)) faults.push('mailed again after an answer');
    }
    failures.push(...faults.map((fault) => `${row.address} (${row.state}): ${fault}`));
  }
  const unclear = transactions.filter(({ isTaken, isUnclear }) => isTaken && isUnclear).length;
  expect(doubles <= unclear, `${doubles} doubles, but ${unclear} unclear`);
  return { states, doubles, unclear, failures };
}

/** Nobody is lost: the server took it, said no, was never answered for, or put it off until it was old. */
function rowFaults(
  row: Row,
  mine: readonly Transaction[],
  { refused, troubled }: Pick<CrashServer, 'refused' | 'troubled'>,
): readonly string[] {
  switch (row.state) {
    case 'accepted':
      return mine.some(({ isTaken }) => isTaken) ? [] : ['lost: the server never took it'];
    case 'rejected':
      return refused.has(row.address) ? [] : [`lost: the server did not refuse it (${row.reply})`];
    case 'in_doubt':
      return mine.some(({ isUnclear }) => isUnclear) ? [] : ['in doubt without reason'];
    case 'expired':
      return troubled.has(row.address) ? [] : [`lost: nothing put it off (${row.reply})`];
    default:
      return ['not at its end'];
  }
}

/** The log of tries agrees with the row. */
function tryFaults(row: Row, own: readonly Try[]): readonly string[] {
  const faults: string[] = [];
  const counted = own.filter(({ result }) => result !== null && result !== 'blocked').length;
  if (counted !== row.attempts) faults.push(`${row.attempts} attempts, but ${counted} in the log`);
  if (own.some(({ epoch }) => epoch > row.epoch)) faults.push('a try of a lease that was never given');
  if (own.some(({ handedOver, ended }) => handedOver === null && ended === null)) {
    faults.push('a try that neither handed over nor ended');
  }
  const last = own.find(({ epoch }) => epoch === row.epoch);
  if (row.state === 'accepted' && last?.result !== 'accepted') faults.push('accepted, but not in the log');
  if (row.state === 'in_doubt' && (last?.handedOver ?? null) === null)
    faults.push('in doubt without a marker');
  const acceptedTries = own.filter(({ result }) => result === 'accepted').length;
  if (acceptedTries !== (row.state === 'accepted' ? 1 : 0)) faults.push(`${acceptedTries} accepted tries`);
  return faults;
}
