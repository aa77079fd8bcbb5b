import { editionPicks, type Edition, type Pick, type UpdatedPaper } from '../../domain/edition.ts';
import type { PaperId } from '../../domain/paper.ts';
import { secondMs, type Instant } from '../../domain/time.ts';
import type { TrendingEntry } from '../../domain/view.ts';

/** A pick of an edition, and the time at which the feeds say it came. */
export interface PickedPaper {
  readonly pick: Pick;
  readonly edition: Edition;
  readonly publishedAt: Instant;
}

/** A paper that entered the list of what is trending, and the time at which the feeds say it did. */
export interface TrendedPaper {
  readonly entry: TrendingEntry;
  readonly publishedAt: Instant;
}

/** Something that readers of a paper should know: a later edition told it first. */
export interface PaperChange {
  readonly kind: 'withdrawn' | 'version' | 'doi' | 'title';
  readonly update: UpdatedPaper;
  readonly edition: Edition;
  readonly changedAt: Instant;
}

/** All that the feeds tell, each thing with a second of its own. */
export interface Timeline {
  /** Every paper once, as it was first picked, newest first. */
  readonly picked: readonly PickedPaper[];
  /** All picks of an edition, in its order. */
  readonly ofEdition: ReadonlyMap<Edition, readonly PickedPaper[]>;
  /** All picks of a paper, oldest first. */
  readonly ofPaper: ReadonlyMap<PaperId, readonly PickedPaper[]>;
  /** What changed of a paper after its first pick, oldest first. */
  readonly changes: ReadonlyMap<PaperId, readonly PaperChange[]>;
  /** Newest first. */
  readonly trending: readonly TrendedPaper[];
  readonly trendedOf: ReadonlyMap<PaperId, readonly TrendedPaper[]>;
}

/**
 * The timeline of these frozen editions and trending entries, in whatever order they come.
 *
 * A paper is published as many seconds before its edition as its rank says, so that readers which sort by time keep
 * the edition's order. Where such a second is taken by something that was there before, it goes to the next free one
 * below: what is published keeps its time for ever, and no two things have the same.
 */
export function timelineOf(editions: readonly Edition[], trending: readonly TrendingEntry[] = []): Timeline {
  const taken = new Set<Instant>();
  const take = (wanted: Instant): Instant => {
    let at = Math.floor(wanted / secondMs) * secondMs;
    while (taken.has(at)) at -= secondMs;
    taken.add(at);
    return at;
  };

  const ofEdition = new Map<Edition, readonly PickedPaper[]>();
  const ofPaper = new Map<PaperId, PickedPaper[]>();
  const changes = new Map<PaperId, PaperChange[]>();
  const told = new Set<string>();
  const addEdition = (edition: Edition): void => {
    const picks = editionPicks(edition).map((pick): PickedPaper => {
      const picked = { pick, edition, publishedAt: take(edition.publishedAt - pick.rank * secondMs) };
      push(ofPaper, pick.paper.id, picked);
      told.add(`${pick.paper.id} version ${pick.paper.version}`);
      return picked;
    });
    ofEdition.set(edition, picks);
    for (const update of edition.updated) {
      const [first] = ofPaper.get(update.id) ?? [];
      if (!first || first.edition === edition) continue;
      const [kind, ...rest] = kindsOf(update).filter((one) => !told.has(toldOf(update, one)));
      if (kind === undefined) continue;
      for (const one of [kind, ...rest]) told.add(toldOf(update, one));
      const changedAt = take(edition.publishedAt - secondMs);
      if (changedAt > first.publishedAt) push(changes, update.id, { kind, update, edition, changedAt });
    }
  };

  const trended: TrendedPaper[] = [];
  const entering = trending.toSorted((a, b) => a.enteredAt - b.enteredAt || a.pick.rank - b.pick.rank);
  let at = 0;
  const enterUntil = (until: Instant): void => {
    for (let entry = entering[at]; entry && entry.enteredAt < until; entry = entering[at]) {
      trended.push({ entry, publishedAt: take(entry.enteredAt - entry.pick.rank * secondMs) });
      at += 1;
    }
  };
  for (const edition of editions.toSorted(oldestFirst)) {
    enterUntil(edition.publishedAt);
    addEdition(edition);
  }
  enterUntil(Number.POSITIVE_INFINITY);

  return {
    picked: [...ofPaper.values()].flatMap(([first]) => first ?? []).toSorted(newestFirst),
    ofEdition,
    ofPaper,
    changes,
    trending: trended.toSorted(newestFirst),
    trendedOf: Map.groupBy(trended, ({ entry }) => entry.pick.paper.id),
  };
}

/** What of an update is worth to be told again, the most important first. */
function kindsOf({ fields }: UpdatedPaper): readonly PaperChange['kind'][] {
  return (['withdrawn', 'version', 'doi', 'title'] as const).filter((kind) => fields.includes(kind));
}

/** The same for the same fact, which every digest tells its readers. */
function toldOf(update: UpdatedPaper, kind: PaperChange['kind']): string {
  const fact = kind === 'version' ? update.version : kind === 'title' ? update.title : '';
  return `${update.id} ${kind} ${fact}`;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function newestFirst(a: { readonly publishedAt: Instant }, b: { readonly publishedAt: Instant }): number {
  return b.publishedAt - a.publishedAt;
}

function oldestFirst(a: Edition, b: Edition): number {
  return a.publishedAt - b.publishedAt || compare(a.digest, b.digest) || a.number - b.number;
}

/** By code units: the order does not depend on a language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
