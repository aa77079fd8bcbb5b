import { show } from '../config/faults.ts';
import type { Said } from './exports-of-others.ts';
import type { At } from './import-profile.ts';

/** Words of a column of states, as list programs and people write them. */
const yesWords = new Set(['confirmed', 'subscribed', 'active', 'enabled', 'yes']);
const leftWords = new Set([
  'unsubscribed',
  'unsubscribe',
  'left',
  'opted-out',
  'opted out',
  'optout',
  'disabled',
  'inactive',
  'removed',
  'no',
]);
const pendingWords = new Set(['pending', 'unconfirmed', 'unactivated', 'not confirmed']);
const barWords = new Set([
  'cleaned',
  'bounced',
  'hard bounce',
  'undeliverable',
  'complained',
  'complaint',
  'spam',
  'abuse',
  'blocklisted',
  'blacklisted',
  'blocked',
  'suppressed',
]);

/** What a row says by its `state`, where an empty one is a yes, and its `noMail`; or the text of a fault. */
export function saidIn(at: At): Said | string {
  const word = at('state').toLowerCase();
  const statedAt = at('saidAt');
  const reason = reasonIn(at('noMail'));
  const bar = reason === '' ? {} : { bar: reason };
  if (word === '' || yesWords.has(word)) return { says: reason === '' ? 'yes' : 'left', statedAt, ...bar };
  if (leftWords.has(word)) return { says: 'left', statedAt, ...bar };
  if (pendingWords.has(word)) return { says: 'pending', ...bar };
  if (barWords.has(word)) return { says: 'nothing', bar: reason || word };
  if (word === 'none') return { says: 'nothing', ...bar };
  return `state: expected confirmed, unsubscribed, pending, bounced, complained or the like, got ${show(at('state'))}`;
}

/** A column of yes and no gives no reason: whoever is barred for an unknown one cannot come back by their own sign-up. */
function reasonIn(cell: string): string {
  if (/^(?:no|n|false|0|-)$/i.test(cell)) return '';
  return /^(?:yes|y|true|1|x)$/i.test(cell) ? 'unsubscribed' : cell.slice(0, 100);
}

/** Whether a word means no wherever it stands. `no` alone may be the answer to anything. */
export function saysNo(word: string): boolean {
  const lower = word.toLowerCase();
  return (leftWords.has(lower) && lower !== 'no') || barWords.has(lower);
}
