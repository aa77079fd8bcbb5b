/**
 * What matching 14 topics costs, as a ratio to splitting the same abstracts into words, interleaved in this run.
 * `node bench/match-topics.ts [rounds]`.
 */
import type { PaperRecord } from '../src/domain/paper.ts';
import { compileTopics, matchTopics } from '../src/rank/topics.ts';
import { median } from './timing.ts';

const rounds = Math.max(5, Number(process.argv[2] ?? 7));
const words = Array.from({ length: 400 }, (_, at) => `${String.fromCodePoint(97 + (at % 26))}${at}`);

const topics = compileTopics(
  Array.from({ length: 14 }, (_, at) => ({
    key: `t${at}`,
    name: `Topic ${at}`,
    include: Array.from({ length: 16 }, (_, place) => {
      const first = words[(at * 16 + place) % words.length] ?? '';
      return place % 4 === 0 ? `${first}*` : `${first} ${words[place] ?? ''}`;
    }),
    exclude: [],
    categories: [],
    keywords: [],
  })),
);

const papers = Array.from({ length: 2000 }, (_, at): PaperRecord => {
  const abstract = Array.from({ length: 250 }, (_, place) => words[(place * 7 + at) % words.length]).join(
    ' ',
  );
  const links = { abstract: `https://papers.example.org/${at}` };
  return {
    id: `url:${at}`,
    title: `Paper ${at}`,
    abstract,
    authors: [],
    categories: [],
    keywords: [],
    links,
  };
});

function timed(work: (paper: PaperRecord) => unknown): number {
  const startedAt = performance.now();
  for (const paper of papers) work(paper);
  return performance.now() - startedAt;
}

const ratios: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const split = timed((paper) => paper.abstract.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu));
  ratios.push(timed((paper) => matchTopics(paper, topics)) / split);
}
console.log(
  `matching 14 topics takes ${median(ratios).toFixed(1)} times as long as splitting into words ` +
    `(${papers.length} abstracts of 250 words, ${rounds} rounds)`,
);
