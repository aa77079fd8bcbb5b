import type { Lookup } from './lookup.ts';
import { fault, ok, unanswered, warning, type CheckFinding } from './finding.ts';

/** RFC 7208 section 4.6.4: receivers give up after so many questions. */
const mostLookups = 10;

/** Whether the domain has one SPF record that can be followed and says no to strangers (RFC 7208). */
export async function checkSpf(domain: string, lookup: Lookup): Promise<CheckFinding> {
  const check = `SPF of ${domain}`;
  const expected = 'one record v=spf1 that names your servers and ends with -all or ~all';
  const answer = await lookup.txt(domain);
  if ('unanswered' in answer) {
    return unanswered(check, expected, answer.unanswered);
  }
  const [record, ...others] = answer.filter(isSpf);
  if (record === undefined) {
    return fault(
      check,
      expected,
      'none',
      `publish at ${domain}, type TXT, what your mail server or provider names, such as "v=spf1 mx -all"`,
    );
  }
  if (others.length > 0) {
    return fault(
      check,
      expected,
      `${others.length + 1} records`,
      'put them together into one: several count as none',
    );
  }
  const { lookups, missing } = await followed(record, lookup, new Set([domain]));
  if (missing !== undefined) {
    return fault(
      check,
      expected,
      `${record}, and ${missing} has no record`,
      'remove or correct that include',
    );
  }
  if (lookups > mostLookups) {
    return fault(
      check,
      expected,
      `${lookups} lookups, where ${mostLookups} are allowed`,
      'name addresses (ip4:, ip6:) in the place of includes',
    );
  }
  const all = /(?:^|\s)([-~?+]?)all(?:\s|$)/i.exec(record)?.[1];
  if (all === '+' || all === '') {
    return fault(check, expected, record, 'write -all: as it stands the whole world may send for you');
  }
  if ((all === undefined && !/\sredirect=/i.test(record)) || all === '?') {
    return warning(
      check,
      expected,
      record,
      'end it with -all or ~all: as it stands strangers are not refused',
    );
  }
  return ok(check, expected, record);
}

function isSpf(text: string): boolean {
  return /^v=spf1(?:\s|$)/i.test(text);
}

/** How many questions following the record takes, and an include that leads nowhere. */
async function followed(
  record: string,
  lookup: Lookup,
  seen: Set<string>,
): Promise<{ readonly lookups: number; readonly missing?: string }> {
  let lookups = 0;
  for (const term of record.toLowerCase().split(/\s+/).slice(1)) {
    if (/^[-~?+]?(?:a|mx|ptr|exists)(?:[:/]|$)/.test(term)) lookups += 1;
    const target = /^(?:[-~?+]?include:|redirect=)(.+)$/.exec(term)?.[1];
    if (target === undefined) continue;
    lookups += 1;
    // A macro depends on the mail; a name twice is a circle; past the limit nothing more needs to be known.
    if (target.includes('%') || seen.has(target) || lookups > mostLookups) continue;
    seen.add(target);
    const answer = await lookup.txt(target);
    if ('unanswered' in answer) continue;
    const included = answer.find(isSpf);
    if (included === undefined) return { lookups, missing: target };
    const below = await followed(included, lookup, seen);
    lookups += below.lookups;
    if (below.missing !== undefined) return { lookups, missing: below.missing };
  }
  return { lookups };
}
