import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { findSubscriber } from '../../src/store/subscribers.ts';
import { suppressionsOf } from '../../src/store/suppressions.ts';
import { readColumnMap } from '../../src/subscribers/import-columns.ts';
import { importSubscribers, type ImportReport } from '../../src/subscribers/import.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';

export const now = Date.parse('2026-11-24T02:30:00Z');
export const tokens = createTokens('an invented secret');

export const digests = new Map([
  ['daily', ['agents', 'llm']],
  ['weekly', ['llm', 'robotics']],
]);

/** A database and a folder for files of a test. */
export interface ImportHouse extends AsyncDisposable {
  readonly db: Database;
  readonly folder: string;
  /** Writes a file and imports it; `faults` has `line: message`. */
  import(
    text: string | Uint8Array,
    options?: {
      readonly map?: readonly string[];
      readonly into?: readonly string[];
      readonly name?: string;
      readonly at?: number;
    },
  ): Promise<ImportReport & { readonly told: readonly string[] }>;
  /** The states of an address by digest, and reasons against mail. */
  standing(address: string): Promise<{
    readonly states: Readonly<Record<string, string>>;
    readonly noMail: Readonly<Record<string, string>>;
  }>;
}

export async function importHouse(): Promise<ImportHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-import-'));
  const db = await openDatabase(':memory:');
  return {
    db,
    folder,
    async import(text, { map = [], into = ['daily'], name = 'readers.csv', at = now } = {}) {
      const file = join(folder, name);
      writeFileSync(file, text);
      const columns = readColumnMap(map);
      if (typeof columns === 'string') throw new Error(columns);
      const told: string[] = [];
      const report = await importSubscribers(db, tokens, file, {
        map: columns,
        digests,
        into,
        now: at,
        signal: new AbortController().signal,
        onFault: ({ line, message }) => told.push(`${line}: ${message}`),
      });
      return { ...report, told };
    },
    async standing(address) {
      const hash = tokens.addressHash(address);
      const found = await findSubscriber(db, hash);
      const noMail = await suppressionsOf(db, hash);
      return {
        states: Object.fromEntries((found?.subscriptions ?? []).map(({ digest, state }) => [digest, state])),
        noMail: Object.fromEntries(noMail.map(({ digest, reason }) => [digest, reason])),
      };
    },
    async [Symbol.asyncDispose]() {
      await db.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
