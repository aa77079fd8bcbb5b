import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { Edition } from '../../src/domain/edition.ts';
import { minuteMs } from '../../src/domain/time.ts';
import { dispatch, type DispatchResult } from '../../src/deliver/dispatch.ts';
import type { OutgoingMessage, Transport } from '../../src/deliver/transport.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { insertDeliveryRows, type NewDelivery } from '../../src/store/delivery-insert.ts';
import { insertEdition } from '../../src/store/edition-insert.ts';
import { findEdition } from '../../src/store/editions.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';

export const publishedAt = Date.parse('2026-11-24T06:00:00Z');
/** A moment after the edition was published, when its mail is due. */
export const now = publishedAt + 2 * minuteMs;
export const tokens = createTokens('an invented secret, only for tests');

export const edition: Edition = {
  digest: 'daily',
  digestName: 'The Daily',
  editionDate: '2026-11-24',
  number: 1,
  publishedAt,
  zone: 'Etc/UTC',
  topics: [],
  sections: [],
  outside: [],
  updated: [],
  alsoNew: [],
  coverage: { toAt: publishedAt, newPapers: 0, newByTopics: [], revisedPapers: 0, sources: [] },
};

export interface Ledger {
  readonly db: Database;
  readonly folder: string;
  readonly path: string;
  readonly editionId: number;
  close(): Promise<void>;
}

/** A database file with one published edition and a pending delivery to each address. */
export async function openLedger(addresses: readonly string[]): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-deliver-'));
  const path = join(folder, 'paper.db');
  const db = await openDatabase(path);
  await insertEdition(db, edition);
  const stored = await findEdition(db, edition.digest, edition.editionDate);
  const editionId = stored?.id ?? 0;
  await insertAudience(
    db,
    editionId,
    addresses.map((address) => ({
      digest: edition.digest,
      address,
      addressHash: tokens.addressHash(address),
      messageId: `<${tokens.messageKey(edition, tokens.addressHash(address))}@example.org>`,
    })),
    now,
  );
  return {
    db,
    folder,
    path,
    editionId,
    async close() {
      await db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** These rows are the whole audience of an edition, all or none of them. */
export function insertAudience(
  db: Database,
  editionId: number,
  deliveries: readonly NewDelivery[],
  at: number,
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    await transaction.updateTable('editions').set({ prepared_at: at }).where('id', '=', editionId).execute();
    return insertDeliveryRows(transaction, editionId, deliveries, at);
  });
}

export function readers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `reader${index}@example.net`);
}

/** A small message, complete enough for a server. */
export async function plainMessage(delivery: Delivery): Promise<OutgoingMessage> {
  const text = `From: paper@example.org\r\nTo: ${delivery.address}\r\nSubject: News\r\nMessage-ID: ${delivery.messageId}\r\n\r\n.A line with a dot\r\n`;
  return {
    from: 'paper@example.org',
    to: delivery.address,
    key: delivery.messageId.slice(1, 27),
    raw: Buffer.from(text),
  };
}

/** Sends what is due over four connections, to readers who all still want it. */
export function sendDue(db: Database, transport: Transport, at: number): Promise<DispatchResult> {
  return dispatch({
    db,
    transport,
    concurrency: 4,
    render: plainMessage,
    isSubscribed: () => true,
    now: () => at,
    signal: new AbortController().signal,
  });
}
