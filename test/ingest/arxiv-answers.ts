/** Invented ids of arXiv, one for each number. */
export const arxivId = (number: number): string => `2603.${String(10_000 + number)}`;

/** A feed as rss.arxiv.org has it on a day, all papers new: midnight in New York, or an hour later in summer. */
export function arxivRss(date: string, numbers: readonly number[]): string {
  const items = numbers.map(
    (number) =>
      `<item><title>Paper ${number}</title><link>https://arxiv.org/abs/${arxivId(number)}</link>` +
      `<description>arXiv:${arxivId(number)}v1 Announce Type: new \nAbstract: We study ${number}.</description>` +
      `<guid isPermaLink="false">oai:arXiv.org:${arxivId(number)}v1</guid><category>cs.CL</category>` +
      `<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ada Invented</dc:creator></item>`,
  );
  return (
    `<rss version="2.0" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
    `<channel><title>cs.CL updates on arXiv.org</title><pubDate>${new Date(`${date}T05:00:00Z`).toUTCString()}</pubDate>` +
    `${items.join('')}</channel></rss>`
  );
}

/** A page as arXiv has it for the new papers of a day: `new` for the newest one, else the page of an earlier day. */
export function arxivPage(
  date: string,
  kind: 'new' | 'catchup',
  papers: readonly { readonly number: number; readonly category?: string }[],
): string {
  const entries = papers.map(
    ({ number, category = 'cs.CL' }) =>
      `<dt><a href="/abs/${arxivId(number)}" title="Abstract">x</a></dt><dd>` +
      `<div class="list-title mathjax"><span class="descriptor">Title:</span> Paper ${number}</div>` +
      `<div class="list-subjects"><span class="descriptor">Subjects:</span> <span class="primary-subject">Invented (${category})</span></div></dd>`,
  );
  const day = new Date(`${date}T00:00:00Z`).toUTCString().slice(0, 16);
  const heading =
    kind === 'new'
      ? `<h3>Showing new listings for ${day}</h3>`
      : `<h1>Catchup results for Computation and Language on ${day}</h1>`;
  return (
    `<html><body><div id="dlpage">${heading}<div class="paging">Total of ${papers.length} entries</div>` +
    `<dl id="articles"><h3>New submissions (showing ${papers.length} of ${papers.length} entries)</h3>${entries.join('')}</dl></div></body></html>`
  );
}
