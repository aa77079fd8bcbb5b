import { isCalendarDate, type Instant } from '../domain/time.ts';

/** `2024-03-05`, `2024-03-05 10:00:00` (Mailchimp), RFC 3339, and how Go prints a time (listmonk). */
const momentForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?: ?(?:(Z)|([+-])(\d\d):?(\d\d)))?(?: UTC| [A-Z]{3,4})?$/;

/** The instant that a file states, in UTC where it names no offset; undefined for another text, an impossible day or the future. */
export function statedMoment(text: string, now: Instant): Instant | undefined {
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', , sign, offsetHours, offsetMinutes] =
    momentForm.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (!isCalendarDate(`${year}-${month}-${day}`)) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const clock = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60 * (sign === '-' ? -1 : 1);
  const at = date + (clock - offset) * 1000;
  return at >= earliest && at <= now ? at : undefined;
}

/** Before that no mail list of today kept moments: `0000-00-00` and 1970 mean "unknown". */
const earliest = Date.UTC(1990, 0);
