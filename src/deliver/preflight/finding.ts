/** What a check before sending came to. */
export interface CheckFinding {
  /** What was looked at, e.g. `SPF of example.org`. */
  readonly check: string;
  /** A `warning` costs readers or reputation; a `fault` keeps mail from arriving, or breaks a promise to readers. */
  readonly result: 'ok' | 'warning' | 'fault';
  readonly expected: string;
  readonly came: string;
  /** What to do about it; of all that are not ok. */
  readonly advice?: string;
}

/** What holds as it should. */
export function ok(check: string, expected: string, came: string): CheckFinding {
  return { check, result: 'ok', expected, came };
}

export function warning(check: string, expected: string, came: string, advice: string): CheckFinding {
  return { check, result: 'warning', expected, came, advice };
}

export function fault(check: string, expected: string, came: string, advice: string): CheckFinding {
  return { check, result: 'fault', expected, came, advice };
}

/** DNS did not say. */
export function unanswered(check: string, expected: string, why: string): CheckFinding {
  return warning(
    check,
    expected,
    `no answer of DNS (${why})`,
    'try again, and look at the resolver of this machine',
  );
}

/** A domain in lower case is the other one or stands below it. */
export function isBelow(domain: string, above: string): boolean {
  return `.${domain}`.endsWith(`.${above}`);
}

/**
 * Whether DMARC would take one domain for the other (RFC 7489 section 3.1). `unsure` where that hangs on what their
 * common parent is: an organisation, or a registry such as co.uk.
 */
export function alignment(
  one: string,
  other: string,
  isStrict: boolean,
): 'aligned' | 'unsure' | 'not aligned' {
  if (one === other) return 'aligned';
  if (isStrict) return 'not aligned';
  if (isBelow(one, other) || isBelow(other, one)) return 'aligned';
  const [a, b] = [one.split('.'), other.split('.')];
  return a.at(-1) === b.at(-1) && a.at(-2) === b.at(-2) ? 'unsure' : 'not aligned';
}
