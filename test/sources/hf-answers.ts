/** An invented item of the Daily Papers API; what is given replaces keys of the inner paper, undefined takes them away. */
export function item(paper: Record<string, unknown> = {}): Record<string, unknown> {
  const inner: Record<string, unknown> = {
    id: '2601.01234',
    title: 'Counting Quiet Stars',
    summary: 'We count stars that nobody heard of.',
    authors: [{ _id: 'a1', name: 'Ada Invented', hidden: false }],
    publishedAt: '2026-01-05T00:00:00.000Z',
    submittedOnDailyAt: '2026-01-07T00:00:00.000Z',
    upvotes: 5,
    ...paper,
  };
  for (const [key, value] of Object.entries(inner)) if (value === undefined) delete inner[key];
  return { paper: inner, publishedAt: '2026-01-04T19:00:00.000Z', numComments: 0 };
}

/** So many different items, most votes first, as the API sorts them. */
export function items(count: number, from = 0): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) =>
    item({
      id: `2601.${String(10_000 + from + index)}`,
      title: `Invented Paper ${from + index}`,
      upvotes: Math.max(0, 200 - from - index),
    }),
  );
}
