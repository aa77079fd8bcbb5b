import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimDeliveries } from '../../src/store/leases.ts';
import { samplePaper, samplePick } from '../render/edition-sample.ts';
import { edition, now, openLedger, tokens, type Ledger } from './ledger.ts';

const readers = 17_500;
const claim = { owner: 'me', limit: 1, now, leaseUntil: now + 1, publishedSince: 0 };
const content = {
  ...edition,
  sections: [{ topic: 'agents', name: 'Agents', picks: [samplePick(1, 'agents', samplePaper('00001'))] }],
};

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger([]);
  await ledger.db
    .updateTable('editions')
    .set({ prepared_at: null, content: JSON.stringify(content) })
    .execute();
  using file = new DatabaseSync(ledger.path);
  file.exec('pragma busy_timeout = 5000; begin');
  const subscriber = file.prepare(
    `insert into subscribers (id, address, address_hash, origin, created_at, changed_at, changed_by)
     values (?, ?, ?, 'import', 0, 0, 'import')`,
  );
  const subscription = file.prepare(
    `insert into subscriptions (subscriber_id, digest, state, cadence, changed_at, changed_by)
     values (?, 'daily', 'confirmed', 'every', 0, 'import')`,
  );
  for (let id = 1; id <= readers; id += 1) {
    const address = `reader${id}@example.net`;
    subscriber.run(id, address, tokens.addressHash(address));
    subscription.run(id);
  }
  file.exec('commit');
});
afterEach(() => ledger.close());

/** Freezes in a process of its own: one that is killed dead in the block with that reader, at a random moment, or never. */
async function freeze(moment: {
  readonly afterReaders?: number;
  readonly afterMs?: number;
}): Promise<boolean> {
  const { afterReaders, afterMs } = moment;
  const own = afterReaders === undefined ? [] : [`${afterReaders}`];
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'audience-child.ts'), ledger.path, ...own],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = once(child, 'exit');
  const timer = afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), afterMs);
  let isFrozen = false;
  for await (const line of createInterface(child.stdout)) {
    if (line === 'held') child.kill('SIGKILL');
    isFrozen ||= line === 'frozen';
  }
  await gone;
  clearTimeout(timer);
  return isFrozen;
}

const counted = (): Promise<number> =>
  ledger.db
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
    .then(({ rows }) => rows);

it(
  'an audience whose freezing is killed again and again is whole in the end, and not sent before',
  { timeout: 60_000 },
  async () => {
    for (const moment of [
      { afterReaders: 2 },
      { afterReaders: 7_000 },
      { afterMs: 600 + Math.random() * 600 },
    ]) {
      const isFrozen = await freeze(moment);
      const rows = await counted();
      if (isFrozen || rows === readers) continue;
      expect(rows % 5_000).toBe(0);
      expect(await claimDeliveries(ledger.db, claim)).toEqual([]);
    }
    await freeze({});
    const hashes = await ledger.db.selectFrom('deliveries').select('address_hash').execute();
    expect(hashes).toHaveLength(readers);
    expect(new Set(hashes.map((row) => row.address_hash)).size).toBe(readers);
    expect(await claimDeliveries(ledger.db, claim)).toHaveLength(1);
    const [check] = new DatabaseSync(ledger.path).prepare('pragma integrity_check').all();
    expect(check).toEqual({ integrity_check: 'ok' });
  },
);
