/*
 * A process of its own that freezes the audience of edition 1; the tests kill it. Arguments: database, and after how many
 * readers it stands still for ever (none when left out). It says `held` and `frozen`, a line each.
 */
import { prepareDeliveries } from '../../src/deliver/prepare.ts';
import { openDatabase } from '../../src/store/database.ts';
import { editionById } from '../../src/store/editions.ts';
import { now, tokens } from './ledger.ts';

const [path = '', holdAt] = process.argv.slice(2);
const db = await openDatabase(path);
const edition = await editionById(db, 1);
if (!edition) throw new Error('expected edition 1');
const holdAfter = holdAt === undefined ? Infinity : Number(holdAt);
let made = 0;
await prepareDeliveries({
  db,
  editionId: 1,
  edition,
  combined: () => Promise.reject(new Error('nothing is put together here')),
  tokens: {
    messageKey: (of, addressHash) => {
      made += 1;
      if (made > holdAfter) {
        process.stdout.write('held\n');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }
      return tokens.messageKey(of, addressHash);
    },
  },
  fromAddress: 'paper@example.org',
  now,
});
await db.destroy();
process.stdout.write('frozen\n');
