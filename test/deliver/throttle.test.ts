import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createThrottle, type Counted, type Limits, type Throttle } from '../../src/deliver/throttle.ts';
import { hourMs, minuteMs, secondMs, type Instant } from '../../src/domain/time.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';

const now = Date.parse('2026-11-24T02:30:00Z');
const unlimited: Limits = { relays: {}, domains: {}, digests: {} };
const toGoogle: Counted = { relay: 'main', domain: 'google', digest: 'daily' };
const toOther: Counted = { ...toGoogle, domain: 'example.org' };

let db: Database;
beforeEach(async () => {
  db = await openDatabase(':memory:');
});
afterEach(() => db.destroy());

/** How many of so many messages may go at this time. */
async function admitted(throttle: Throttle, message: Counted, count: number, at: Instant): Promise<number> {
  let admittedSoFar = 0;
  for (let asked = 0; asked < count; asked += 1) {
    if ((await throttle.holdUntil(message, at)) === undefined) admittedSoFar += 1;
  }
  return admittedSoFar;
}

describe('a throttle', () => {
  it('without limits lets everything go and writes nothing', async () => {
    await using throttle = createThrottle(db, unlimited);
    expect(await admitted(throttle, toGoogle, 1000, now)).toBe(1000);
    expect(await db.selectFrom('mail_limits').select('name').execute()).toEqual([]);
  });

  it('keeps one operator to its limit and lets the others go', async () => {
    await using throttle = createThrottle(db, { ...unlimited, domains: { google: { perMinute: 60 } } });
    expect(await admitted(throttle, toGoogle, 60, now)).toBe(60);
    expect(await admitted(throttle, toOther, 100, now)).toBe(100);
    const until = [];
    for (let asked = 0; asked < 3; asked += 1) until.push(await throttle.holdUntil(toGoogle, now));
    expect(until).toEqual([now + secondMs, now + 2 * secondMs, now + 3 * secondMs]);
    expect(await admitted(throttle, toGoogle, 100, now + 5 * secondMs)).toBe(5);
  });

  it('asks the database once, not for each of those that wait', async () => {
    await using throttle = createThrottle(db, { ...unlimited, domains: { google: { perMinute: 1 } } });
    await admitted(throttle, toGoogle, 2, now);
    await sql`create trigger counted before update on mail_limits begin select raise(abort, 'written again'); end`.execute(
      db,
    );
    expect(await admitted(throttle, toGoogle, 100, now)).toBe(0);
    await sql`drop trigger counted`.execute(db);
    expect(await admitted(throttle, toGoogle, 100, now + minuteMs)).toBe(1);
  });

  it('loses nothing and gives no more when many ask at once', async () => {
    await using throttle = createThrottle(db, { ...unlimited, digests: { daily: { perDay: 50 } } });
    const asked = Array.from({ length: 100 }, () => throttle.holdUntil(toGoogle, now));
    const answers = await Promise.all(asked);
    let went = answers.filter((until) => until === undefined).length;
    went += await admitted(throttle, toGoogle, 100, now);
    expect(went).toBe(50);
  });

  it('counts the whole relay beside it, and a message that is held is not counted there', async () => {
    const limits = { ...unlimited, relays: { main: { perDay: 90 } }, domains: { google: { perMinute: 60 } } };
    await using throttle = createThrottle(db, limits);
    expect(await admitted(throttle, toGoogle, 100, now)).toBe(60);
    expect(await admitted(throttle, toOther, 30, now)).toBe(30);
    expect(await throttle.holdUntil(toOther, now)).toBe(Date.parse('2026-11-25T00:00:00Z'));
  });

  it('is the same for two processes together, and after a restart', async () => {
    const limits = { ...unlimited, digests: { daily: { perDay: 50 } } };
    const first = createThrottle(db, limits);
    await using second = createThrottle(db, limits);
    const together = (await admitted(first, toGoogle, 30, now)) + (await admitted(second, toOther, 30, now));
    expect(together).toBeLessThanOrEqual(50);
    await first[Symbol.asyncDispose]();
    const rest = await admitted(second, toOther, 100, now);
    await using third = createThrottle(db, limits);
    expect(together + rest + (await admitted(third, toOther, 100, now))).toBe(50);
  });

  it('leaves an operator alone that asked for less, in every process, and no other', async () => {
    await using one = createThrottle(db, unlimited);
    await using other = createThrottle(db, unlimited);
    expect(await other.holdUntil(toGoogle, now - minuteMs)).toBeUndefined();
    await one.slowDown('domain', toGoogle, now, 10 * minuteMs);
    expect(await one.holdUntil(toGoogle, now)).toBe(now + 10 * minuteMs);
    expect(await one.holdUntil(toGoogle, now)).toBe(now + 10 * minuteMs + 100);
    expect(await other.holdUntil(toGoogle, now)).toBe(now + 10 * minuteMs);
    expect(await one.holdUntil(toOther, now)).toBeUndefined();
    expect(await one.holdUntil(toGoogle, now + 10 * minuteMs)).toBeUndefined();
  });

  it('begins with a short pause again once a message was taken', async () => {
    await using throttle = createThrottle(db, unlimited);
    await throttle.slowDown('relay', toGoogle, now);
    await throttle.slowDown('relay', toGoogle, now + hourMs);
    expect(await throttle.holdUntil(toGoogle, now + hourMs)).toBe(now + hourMs + 2 * minuteMs);
    await throttle.taken(toGoogle);
    await throttle.slowDown('relay', toGoogle, now + 2 * hourMs);
    expect(await throttle.holdUntil(toGoogle, now + 2 * hourMs)).toBe(now + 2 * hourMs + minuteMs);
  });
});
