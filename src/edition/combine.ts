import type { Covers } from '../domain/covers.ts';
import {
  isMissing,
  type Coverage,
  type Edition,
  type Pick,
  type SourceState,
  type TitleOnly,
  type UpdatedPaper,
} from '../domain/edition.ts';
import { gapsOf, type ShownEdition } from '../domain/edition-span.ts';

/** Picks a section, and papers named by title, that several small editions have room for together. */
const leastPlaces = 3;
const leastTitles = 12;

/**
 * Editions of one digest, put together as one: the best picks by the scores they were frozen with, each paper once as it
 * stood last; what is counted summed up, and every missing source of every day named. No part is larger than the largest
 * of that kind among the editions, or than three picks a section and twelve titles where editions are small; picks without
 * a place are named by title before other papers are. Number, date and clock are those of the last one. The same editions give the same, in whatever order they come. Throws RangeError for none.
 */
export function combineEditions(editions: readonly Edition[], covers: Covers): ShownEdition {
  const inOrder = editions.toSorted((a, b) => a.number - b.number);
  const last = inOrder.at(-1);
  if (!last) throw new RangeError('expected at least one edition to put together, got none');
  const best = latestPicks(inOrder);
  const groups = new Map<string, Pick[]>();
  for (const pick of best) groups.set(pick.topic, [...(groups.get(pick.topic) ?? []), pick]);
  const places = new Map(
    sectionKeys(inOrder).map(({ key }) => [
      key,
      Math.max(
        leastPlaces,
        mostIn(inOrder, (edition) => picksIn(edition, key).length),
      ),
    ]),
  );
  const outsidePlaces = mostIn(inOrder, ({ outside }) => outside.length);
  const isSection = (pick: Pick): boolean => places.has(pick.topic);
  const placed = new Set([
    ...[...places].flatMap(([key, count]) => (groups.get(key) ?? []).slice(0, count)),
    ...best.filter((pick) => !isSection(pick)).slice(0, outsidePlaces),
  ]);
  const shown = best.filter((pick) => placed.has(pick)).map((pick, at) => ({ ...pick, rank: at + 1 }));
  return {
    ...last,
    topics: topicsOf(inOrder),
    sections: sectionKeys(inOrder)
      .map(({ key, name }) => ({ topic: key, name, picks: shown.filter((pick) => pick.topic === key) }))
      .filter(({ picks }) => picks.length > 0),
    outside: shown.filter((pick) => !isSection(pick)),
    updated: latestUpdates(inOrder, new Set(shown.map(({ paper }) => paper.id))),
    alsoNew: titles(
      inOrder,
      best.filter((pick) => !placed.has(pick)),
      new Set(shown.map(({ paper }) => paper.id)),
    ),
    coverage: summed(inOrder, last),
    span: {
      ...covers,
      editions: inOrder.map(({ editionDate, number }) => ({ editionDate, number })),
      gaps: inOrder.flatMap(gapsOf),
    },
  };
}

function picksIn(edition: Edition, key: string): readonly Pick[] {
  return edition.sections.find(({ topic }) => topic === key)?.picks ?? [];
}

function mostIn(editions: readonly Edition[], count: (edition: Edition) => number): number {
  return Math.max(...editions.map(count));
}

/** The pick of each paper in the last edition that has it, the best score first; of equal ones the smaller id. */
function latestPicks(editions: readonly Edition[]): readonly Pick[] {
  const picks = new Map<string, Pick>();
  for (const { sections, outside } of editions) {
    for (const pick of [...sections.flatMap((section) => section.picks), ...outside]) {
      picks.set(pick.paper.id, pick);
    }
  }
  return [...picks.values()].toSorted(
    (a, b) => b.score.value - a.score.value || (a.paper.id < b.paper.id ? -1 : 1),
  );
}

/** Sections as the last edition orders its topics; those that it does not know, and late risers, stand last. */
function sectionKeys(
  editions: readonly Edition[],
): readonly { readonly key: string; readonly name: string }[] {
  const names = new Map(topicsOf(editions).map(({ key, name }) => [key, name]));
  const sections = editions.toReversed().flatMap((edition) => edition.sections);
  for (const { topic, name } of sections) if (!names.has(topic)) names.set(topic, name);
  return [...names].map(([key, name]) => ({ key, name }));
}

function topicsOf(editions: readonly Edition[]): Edition['topics'] {
  const names = new Map<string, string>();
  for (const { topics } of editions.toReversed()) {
    for (const { key, name } of topics) if (!names.has(key)) names.set(key, name);
  }
  return [...names].map(([key, name]) => ({ key, name }));
}

/** The last change of each paper first; one that is shown as a pick needs no line. */
function latestUpdates(editions: readonly Edition[], shown: ReadonlySet<string>): readonly UpdatedPaper[] {
  const updates = new Map<string, UpdatedPaper>();
  for (const paper of editions.toReversed().flatMap(({ updated }) => updated)) {
    const known = updates.get(paper.id);
    const fields = [...new Set([...(known?.fields ?? []), ...paper.fields])].toSorted();
    updates.set(paper.id, { ...(known ?? paper), fields });
  }
  const most = mostIn(editions, ({ updated }) => updated.length);
  return [...updates.values()].filter(({ id }) => !shown.has(id)).slice(0, most);
}

function titles(
  editions: readonly Edition[],
  leftOver: readonly Pick[],
  shown: ReadonlySet<string>,
): readonly TitleOnly[] {
  const named = new Map<string, TitleOnly>();
  for (const { paper, topic, alsoIn } of leftOver) {
    const { id, title, links } = paper;
    named.set(id, { id, title, url: links.abstract, topics: [topic, ...alsoIn] });
  }
  for (const title of editions.toReversed().flatMap(({ alsoNew }) => alsoNew)) {
    if (!named.has(title.id) && !shown.has(title.id)) named.set(title.id, title);
  }
  const most = Math.max(
    leastTitles,
    mostIn(editions, ({ alsoNew }) => alsoNew.length),
  );
  return [...named.values()].slice(0, most);
}

function summed(editions: readonly Edition[], last: Edition): Coverage {
  const fromAt = editions[0]?.coverage.fromAt;
  const counts = new Map<string, { readonly topics: readonly string[]; readonly count: number }>();
  for (const { topics, count } of editions.flatMap(({ coverage }) => coverage.newByTopics)) {
    const key = topics.join(' ');
    counts.set(key, { topics, count: (counts.get(key)?.count ?? 0) + count });
  }
  return {
    ...(fromAt !== undefined && { fromAt }),
    toAt: last.coverage.toAt,
    newPapers: editions.reduce((sum, { coverage }) => sum + coverage.newPapers, 0),
    newByTopics: [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
    revisedPapers: editions.reduce((sum, { coverage }) => sum + coverage.revisedPapers, 0),
    sources: sourcesOf(editions),
  };
}

/** Each source once: as it stood when it was last missing, else read, else quiet. */
function sourcesOf(editions: readonly Edition[]): readonly SourceState[] {
  const sources = new Map<string, SourceState>();
  for (const source of editions.flatMap(({ coverage }) => coverage.sources)) {
    const known = sources.get(source.name);
    const added = (known?.added ?? 0) + source.added;
    const isKept = known && !isMissing(source) && (isMissing(known) || known.state === 'ok');
    sources.set(source.name, { ...(isKept ? known : source), added });
  }
  return [...sources.values()];
}
