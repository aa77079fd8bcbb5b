import { findings } from '../config/faults.ts';
import { block, list, oneOf, slug, text, zone } from '../config/values.ts';
import { cadences, isAddress, type Cadence } from '../domain/subscriber.ts';

/** One reader as a file names them. */
export interface FileSubscriber {
  readonly file: string;
  /** The line at which the row begins, from 1. */
  readonly line: number;
  readonly address: string;
  readonly name?: string;
  /** Digest keys; undefined means all digests. */
  readonly digests?: readonly string[];
  /** Topic keys; undefined means all topics of the digest. */
  readonly topics?: readonly string[];
  /** When their mail is due, `07:30`; undefined means with the edition. */
  readonly hour?: string;
  /** The IANA zone of `hour`; undefined means the digest's. */
  readonly zone?: string;
  /** How often mail comes; undefined means with every edition. */
  readonly cadence?: Cadence;
  readonly state: 'confirmed' | 'unsubscribed';
}

/** A row, or with line 0 a whole file, that was not used. The message may quote an address: for the operator, not for the log. */
export interface RowFault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A row before it is checked: plain values by key. */
export interface RawRow {
  readonly file: string;
  readonly line: number;
  readonly value: unknown;
}

const hourForm = /^(?:[01]?\d|2[0-3]):[0-5]\d$/;

/** A row as it may stand in a file, its keys in their first spelling. */
export const readableRow = block({
  address: text('a mail address such as ada@example.org', (value) => isAddress(value.trim())),
  name: text(
    'a name on one line, at most 200 characters',
    (value) => value.trim() !== '' && value.length <= 200 && !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(value.trim()),
  ).optional(),
  digests: list(slug, 'a list of digest keys such as [daily]')
    .min(1, { error: 'at least one digest key; leave digests out for all' })
    .optional(),
  topics: list(slug, 'a list of topic keys such as [llm, agents]')
    .min(1, { error: 'at least one topic key; leave topics out for all' })
    .optional(),
  hour: text('a time of the day such as 07:30', (value) => hourForm.test(value.trim())).optional(),
  zone: zone.optional(),
  cadence: oneOf(cadences).optional(),
  state: oneOf(['confirmed', 'unsubscribed']).default('confirmed'),
});

/** Other spellings of a key, as other programs export them. */
export const spellings: Readonly<Record<string, string>> = { email: 'address', digest: 'digests' };

/** The key that a spelling means: `email` is `address`, `digest` is `digests`. */
export function keyOf(spelling: string): string {
  return spellings[spelling] ?? spelling;
}

/** Every key a row can have. */
export const rowKeys: readonly string[] = Object.keys(readableRow.shape);

/**
 * The readers of a row, one in a good one, or what is wrong with it. A broken row that gives any state but
 * `confirmed` is taken for a no of every good address in it: better one mail too few.
 */
export function checkRow({ file, line, value }: RawRow): {
  readonly subscribers: readonly FileSubscriber[];
  readonly faults: readonly RowFault[];
} {
  const { known, twice } = withKnownKeys(value);
  const checked = readableRow.safeParse(known);
  const messages = [
    ...twice.map((key) => `${key}: given in two spellings; remove one`),
    ...findings(checked.error?.issues ?? [], known).map(({ path, message }) =>
      path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
    ),
  ];
  const faults = messages.map((message) => ({ file, line, message }));
  if (checked.success && faults.length === 0) {
    const { address, name, digests, topics, hour, zone: zoneName, cadence, state } = checked.data;
    const subscriber = {
      file,
      line,
      address: address.trim(),
      state,
      ...(name === undefined ? {} : { name: name.trim() }),
      ...(digests && { digests }),
      ...(topics && { topics }),
      ...(hour !== undefined && { hour: hour.trim() }),
      ...(zoneName !== undefined && { zone: zoneName.trim() }),
      ...(cadence && { cadence }),
    };
    return { subscribers: [subscriber], faults };
  }
  return {
    subscribers: saysNo(value).map((address) => ({ file, line, address, state: 'unsubscribed' })),
    faults,
  };
}

/** The good addresses of a broken row whose state, however it is spelled, is not `confirmed`. */
function saysNo(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const entries = Object.entries(value).map(([key, given]) => [keyOf(key.toLowerCase()), given] as const);
  const states = entries.filter(([key]) => key === 'state').map(([, given]) => given);
  if (states.every((state) => state === 'confirmed')) return [];
  return entries.flatMap(([key, given]) =>
    key === 'address' && typeof given === 'string' && isAddress(given.trim()) ? [given.trim()] : [],
  );
}

function withKnownKeys(value: unknown): { readonly known: unknown; readonly twice: readonly string[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { known: value, twice: [] };
  const known: Record<string, unknown> = {};
  const twice: string[] = [];
  for (const [spelling, given] of Object.entries(value)) {
    const key = keyOf(spelling);
    if (Object.hasOwn(known, key)) twice.push(key);
    known[key] = spelling === 'digest' && typeof given === 'string' ? [given] : given;
  }
  return { known, twice };
}
