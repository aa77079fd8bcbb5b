import { RenderError } from '../../errors.ts';

/**
 * How much of an edition a mail shows. `cards`, `rows` and `titles` count the picks, best first: the
 * first `cards` are cards, those up to `rows` are rows, those up to `titles` are titles, the rest is
 * behind a link. The other two count lines. `cards <= rows <= titles`.
 */
export interface MailPlan {
  readonly cards: number;
  readonly rows: number;
  readonly titles: number;
  readonly alsoNew: number;
  readonly updated: number;
}

/**
 * What is given up first: overlong lists; then the worst picks lose their summaries, then all but their
 * titles, then their place. The last stages are for papers of absurd size.
 */
const stages: readonly { readonly part: keyof MailPlan; readonly keep: number }[] = [
  { part: 'alsoNew', keep: 12 },
  { part: 'updated', keep: 12 },
  { part: 'cards', keep: 8 },
  { part: 'rows', keep: 20 },
  { part: 'titles', keep: 20 },
  { part: 'alsoNew', keep: 0 },
  { part: 'updated', keep: 0 },
  { part: 'cards', keep: 0 },
  { part: 'rows', keep: 0 },
  { part: 'titles', keep: 0 },
];

/**
 * The plan that shows most within `maxBytes`, found by giving up one part after the other and no
 * more of the last one than needed. Throws RenderError when even nothing but links is too large.
 */
export function fitPlan(full: MailPlan, sizeOf: (plan: MailPlan) => number, maxBytes: number): MailPlan {
  const fits = (plan: MailPlan) => sizeOf(plan) <= maxBytes;
  if (fits(full)) return full;
  let plan = full;
  for (const { part, keep } of stages) {
    const least = Math.min(keep, plan[part]);
    if (fits({ ...plan, [part]: least })) return { ...plan, [part]: most(plan, part, least, fits) };
    plan = { ...plan, [part]: least };
  }
  throw new RenderError(
    'mail',
    `expected a body of at most ${maxBytes} bytes, but even without papers it has ${sizeOf(plan)}`,
  );
}

/** The largest count of that part that fits; `least` is known to fit and the present count is known not to. */
function most(
  plan: MailPlan,
  part: keyof MailPlan,
  least: number,
  fits: (plan: MailPlan) => boolean,
): number {
  let fitting = least;
  let tooMuch = plan[part];
  while (tooMuch - fitting > 1) {
    const middle = Math.floor((fitting + tooMuch) / 2);
    if (fits({ ...plan, [part]: middle })) fitting = middle;
    else tooMuch = middle;
  }
  return fitting;
}
