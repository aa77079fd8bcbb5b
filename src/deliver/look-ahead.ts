/**
 * Hands out items one by one to any number of takers, each to one of them, and begins to work on them a little before.
 * `fetch` brings the next ones in their order, and none when there are no more; it is asked by one taker at a time.
 * Resolves with undefined at the end; rejects when `fetch` does.
 *
 * No generator: of one that many wait for, each request holds the next, and whatever they carried stays in memory.
 */
export function lookAhead<Item, Begun>(
  fetch: () => Promise<readonly Item[]>,
  begin: (item: Item) => Begun,
  ahead: number,
): () => Promise<Begun | undefined> {
  const waiting: Item[] = [];
  const begun: Begun[] = [];
  let fetching: Promise<void> | undefined;
  let isAtEnd = false;

  async function fetchMore(): Promise<void> {
    const items = await fetch();
    if (items.length === 0) isAtEnd = true;
    waiting.push(...items);
  }

  return async () => {
    for (;;) {
      if (waiting.length === 0 && !isAtEnd) {
        fetching ??= fetchMore().finally(() => (fetching = undefined));
        await fetching;
        continue;
      }
      while (begun.length <= ahead) {
        const item = waiting.shift();
        if (item === undefined) break;
        begun.push(begin(item));
      }
      return begun.shift();
    }
  };
}
