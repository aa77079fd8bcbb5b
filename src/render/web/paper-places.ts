import { editionPicks, type Edition, type Pick, type UpdatedPaper } from '../../domain/edition.ts';
import type { PaperId } from '../../domain/paper.ts';
import type { TrendingEntry, View } from '../../domain/view.ts';

/** A pick and the edition it stands in. */
export interface PickedPaper {
  readonly edition: Edition;
  readonly pick: Pick;
}

/** A place in a list over several days. */
export interface ListedPaper {
  readonly view: View;
  readonly pick: Pick;
}

/** Everywhere that a paper stands on the site; it has a page when it was picked or listed. */
export interface PaperPlaces {
  readonly id: PaperId;
  /** Newest first. */
  readonly picked: readonly PickedPaper[];
  /** Newest first. */
  readonly listed: readonly ListedPaper[];
  /** When it first was trending. */
  readonly entered: TrendingEntry | undefined;
  /** Editions that told of a change of it, newest first. */
  readonly updated: readonly { readonly edition: Edition; readonly paper: UpdatedPaper }[];
}

/** The papers of all editions and lists: those of editions first, then those that only a list has. */
export function paperPlaces(
  newestFirst: readonly Edition[],
  views: readonly View[],
  entries: readonly TrendingEntry[],
): readonly PaperPlaces[] {
  const picked = Map.groupBy(
    newestFirst.flatMap((edition) => editionPicks(edition).map((pick) => ({ edition, pick }))),
    ({ pick }) => pick.paper.id,
  );
  const listed = Map.groupBy(
    views
      .toSorted((a, b) => b.madeAt - a.madeAt || (a.period < b.period ? 1 : -1))
      .flatMap((view) => view.picks.map((pick) => ({ view, pick }))),
    ({ pick }) => pick.paper.id,
  );
  const updated = Map.groupBy(
    newestFirst.flatMap((edition) => edition.updated.map((paper) => ({ edition, paper }))),
    ({ paper }) => paper.id,
  );
  const entered = new Map(entries.map((entry) => [entry.pick.paper.id, entry]));
  return [...new Set([...picked.keys(), ...listed.keys(), ...entered.keys()])].map((id) => ({
    id,
    picked: picked.get(id) ?? [],
    listed: listed.get(id) ?? [],
    entered: entered.get(id),
    updated: updated.get(id) ?? [],
  }));
}
