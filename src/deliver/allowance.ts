import { dayMs, hourMs, minuteMs, type Instant } from '../domain/time.ts';

/** What an operator allows under one name; without a number there is no such limit. */
export interface Limit {
  readonly perMinute?: number;
  readonly perDay?: number;
}

/** What is known under one name: kept over restarts, so that a new start does not open the tap anew. */
export interface AllowanceState {
  /** Messages that may go at `refilledAt`, where there is a limit a minute; a fraction counts towards the next. */
  readonly tokens: number;
  readonly refilledAt: Instant;
  /** The share of the limit in force at `slowedAt`: 1, less after the other side asked for less. */
  readonly factor: number;
  readonly slowedAt: Instant;
  /** Nothing goes before. */
  readonly pausedUntil: Instant;
  /** How often in a row the other side asked for less. */
  readonly strikes: number;
  /** Start of the day (UTC) that `usedToday` counts. */
  readonly dayAt: Instant;
  readonly usedToday: number;
}

/** The most that goes at once: what the limit gives in a minute, since senders wake once a minute. */
const burstMs = minuteMs;
const leastFactor = 1 / 64;
/** What waits for the end of a pause does not come back all at once. */
const unlimitedIntervalMs = 100;
/** For each quiet minute after a slow-down the limit grows by so much of its whole. */
const growth = 0.1;
/** By our own counting; the other side may ask for longer, up to so long. */
const longestOwnPauseMs = hourMs;
const longestPauseMs = 4 * hourMs;

/** Before anything was counted under a name: as much as goes at once. */
export function freshAllowance(limit: Limit, now: Instant): AllowanceState {
  return {
    tokens: burst(limit, 1),
    refilledAt: now,
    factor: 1,
    slowedAt: now,
    pausedUntil: 0,
    strikes: 0,
    dayAt: dayOf(now),
    usedToday: 0,
  };
}

/** How many messages may go now, and when to ask again where it is none. */
export function allowed(
  state: AllowanceState,
  limit: Limit,
  now: Instant,
): { readonly count: number; readonly askAgainAt?: Instant } {
  const { tokens, factor, pausedUntil, usedToday, dayAt } = refilled(state, limit, now);
  if (now < pausedUntil) return { count: 0, askAgainAt: pausedUntil };
  const leftToday = limit.perDay === undefined ? Infinity : limit.perDay - usedToday;
  if (leftToday <= 0) return { count: 0, askAgainAt: dayAt + dayMs };
  if (limit.perMinute !== undefined && tokens < 1) {
    return { count: 0, askAgainAt: now + Math.ceil(((1 - tokens) * minuteMs) / (limit.perMinute * factor)) };
  }
  return { count: limit.perMinute === undefined ? leftToday : Math.floor(Math.min(tokens, leftToday)) };
}

/** The time between two messages at the limit as it is in force; where there is none, a little. */
export function interval(state: AllowanceState, { perMinute }: Limit): number {
  return perMinute === undefined ? unlimitedIntervalMs : minuteMs / (perMinute * state.factor);
}

/** After `count` messages were let go. */
export function afterTaking(
  state: AllowanceState,
  limit: Limit,
  count: number,
  now: Instant,
): AllowanceState {
  const at = refilled(state, limit, now);
  return { ...at, tokens: Math.max(0, at.tokens - count), usedToday: at.usedToday + count };
}

/** Gives back what was taken and not used. */
export function afterReturning(state: AllowanceState, limit: Limit, count: number): AllowanceState {
  return {
    ...state,
    tokens: Math.min(burst(limit, state.factor), state.tokens + count),
    usedToday: Math.max(0, state.usedToday - count),
  };
}

/**
 * The other side asked for less: half the rate, and a pause of `waitMs` where it said how long, else of a minute
 * that doubles each time in a row up to an hour. Where there is no rate to halve the pause is all.
 */
export function afterSlowDown(
  state: AllowanceState,
  limit: Limit,
  now: Instant,
  waitMs?: number,
): AllowanceState {
  const at = refilled(state, limit, now);
  // Many answers of one batch say the same once.
  if (now < at.pausedUntil) return at;
  const own = Math.min(longestOwnPauseMs, minuteMs * 2 ** Math.min(at.strikes, 10));
  const pause = Math.min(longestPauseMs, Math.max(waitMs ?? 0, own));
  const factor = Math.max(leastFactor, at.factor / 2);
  return {
    ...at,
    factor,
    slowedAt: now + pause,
    pausedUntil: now + pause,
    strikes: at.strikes + 1,
    tokens: Math.min(at.tokens, burst(limit, factor)),
  };
}

/** A message was taken: the next slow-down begins with a short pause again. */
export function afterSuccess(state: AllowanceState): AllowanceState {
  return state.strikes === 0 ? state : { ...state, strikes: 0 };
}

/** The state as of now: tokens that came, the limit grown again, a new day begun. A clock set back gives nothing. */
function refilled(state: AllowanceState, limit: Limit, now: Instant): AllowanceState {
  const elapsed = Math.max(0, now - state.refilledAt);
  const quietMinutes = Math.max(0, Math.floor((now - state.slowedAt) / minuteMs));
  const factor = Math.min(1, state.factor + growth * quietMinutes);
  const most = burst(limit, factor);
  const came = (elapsed / minuteMs) * (limit.perMinute ?? 0) * factor;
  const isNewDay = dayOf(now) > state.dayAt;
  return {
    ...state,
    tokens: Math.min(most, state.tokens + came),
    refilledAt: now,
    factor,
    slowedAt: quietMinutes > 0 ? state.slowedAt + quietMinutes * minuteMs : state.slowedAt,
    // Written by a clock that ran ahead: no right one can have said so.
    pausedUntil: state.pausedUntil > now + longestPauseMs ? now : state.pausedUntil,
    ...(isNewDay && { dayAt: dayOf(now), usedToday: 0 }),
  };
}

function burst({ perMinute }: Limit, factor: number): number {
  return perMinute === undefined ? 0 : Math.max(1, (perMinute * factor * burstMs) / minuteMs);
}

function dayOf(at: Instant): Instant {
  return Math.floor(at / dayMs) * dayMs;
}
