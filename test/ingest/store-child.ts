/*
 * A process of its own that stores one numbered listing after the other; the tests kill it. Arguments: database, number of
 * the first listing, and the entry at whose signals it stands still for ever (none when left out). It says `begun N`, `held`
 * and `stored N`, a line each.
 */
import { storeListing } from '../../src/ingest/store-listing.ts';
import { openDatabase } from '../../src/store/database.ts';
import { numberedListing } from './numbered-listing.ts';

const [path = '', first = '', holdBefore] = process.argv.slice(2);
const db = await openDatabase(path);
for (let number = Number(first); ; number += 1) {
  process.stdout.write(`begun ${number}\n`);
  const listing = numberedListing(number, (place) => {
    if (holdBefore === undefined || place !== Number(holdBefore)) return;
    process.stdout.write('held\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
  await storeListing(db, listing);
  process.stdout.write(`stored ${number}\n`);
}
