import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseArxivId } from '../src/domain/paper.ts';
import { dayMs, hourMs, isWeekend, utcMidnight } from '../src/domain/time.ts';
import { capture } from './sample-shape.ts';

const body = readFileSync(new URL('../sample/listings.jsonl', import.meta.url), 'utf8');
const captures = body
  .trimEnd()
  .split('\n')
  .map((line) => capture.parse(JSON.parse(line)));
const listDates = [
  '2026-11-09',
  '2026-11-10',
  '2026-11-11',
  '2026-11-12',
  '2026-11-13',
  '2026-11-16',
  '2026-11-17',
];
const capturesOf = (listDate: string) => captures.filter((each) => each.list_date === listDate);
const ids = (of: (typeof captures)[number]) => of.response.map((each) => each.paper.id);
const items = captures.flatMap((each) => each.response);
const papers = [...new Map(items.map((each) => [each.paper.id, each.paper])).values()];
const daysOf = (id: string) =>
  listDates.filter((date) => capturesOf(date).some((each) => ids(each).includes(id)));
const versions = (part: string) =>
  items.filter((each) => each.title.startsWith(part)).map((each) => each.paper);
const share = (has: (each: (typeof papers)[number]) => unknown) => papers.filter(has).length / papers.length;
const titled = (part: string) => papers.filter((each) => each.title.includes(part));

/** Words that a title of the topic would hold; the real rules are wider. */
const topicWords = {
  llm: /(?<!vision-)language models?\b|\bprompting\b|tokenizer|pre-?training|(fine|instruction)[ -]tuning|long-context/i,
  'reasoning-rl':
    /\breasoning\b|reinforcement learning|chain-of-thought|reward model|verifiable reward|policy optimization|theorem prov|test-time compute/i,
  agents: /\bagents?\b|\bagentic\b|multi-agent|tool use|function calling|deep research/i,
  multimodal:
    /vision-language model|multimodal|omni-modal|\bvqa\b|document understanding|image captioning|\bocr\b/i,
  generation:
    /diffusion|text-to-(image|video)|image-to-video|(image|video) (generation|editing|synthesis)|flow matching/i,
  robotics:
    /\brobots?\b|manipulation|humanoid|locomotion|embodied|navigation|world model|grasping|imitation learning/i,
  efficiency:
    /quantiz|pruning|distillation|kv cache|speculative decoding|compression|edge devices|attention in \$O/i,
  safety: /alignment|aligned|jailbreak|backdoor|watermark|privacy|misalignment|red teaming|unlearning|trust/i,
  audio: /speech|audio|spoken|singing|\bsound\b|\bspeaker\b/i,
  retrieval: /retrieval|rerank|recommend/i,
};

describe('the sample', () => {
  test('holds seven lists on working days, each read three times', () => {
    expect([...new Set(captures.map((each) => each.list_date))].toSorted()).toEqual(listDates);
    for (const date of listDates) {
      expect(isWeekend(date)).toBe(false);
      const hours = capturesOf(date).map(
        (each) => (Date.parse(each.captured_at) - utcMidnight(date)) / hourMs,
      );
      expect(hours.map((hour) => hour.toFixed(2))).toEqual(['2.17', '8.17', '26.17']);
    }
  });

  test('is ordered by the time of reading and stays below 600 KB', () => {
    const keys = captures.map((each) => `${each.captured_at} ${each.list_date}`);
    expect(keys).toEqual(keys.toSorted());
    expect(Buffer.byteLength(body)).toBeLessThan(600 * 1024);
  });

  test.each(listDates)('the list of %s grows, and no paper leaves it', (date) => {
    const [early = [], morning = [], late = []] = capturesOf(date).map((each) => [...new Set(ids(each))]);
    expect(morning).toEqual(expect.arrayContaining(early));
    expect(late).toEqual(expect.arrayContaining(morning));
    expect(early.length).toBeGreaterThanOrEqual(3);
    expect(morning.length).toBeGreaterThan(early.length);
    expect(late.length).toBeGreaterThanOrEqual(18);
    expect(late.length).toBeLessThanOrEqual(22);
  });

  test('names at least 126 different papers, whose ids arXiv can form and never reaches', () => {
    expect(papers.length).toBeGreaterThanOrEqual(126);
    for (const each of papers) {
      expect(parseArxivId(each.id)).toEqual({ id: each.id });
      expect(each.id).toMatch(/^2611\.9\d{4}$/);
    }
    expect(new Set(papers.map((each) => each.title)).size).toBe(papers.length);
  });

  test('puts the most votes first, and lets most counts grow and two fall by one', () => {
    const falls: number[] = [];
    const votes = new Map<string, number>();
    for (const each of captures) {
      const inOrder = each.response.map((entry) => entry.paper.upvotes);
      expect(inOrder).toEqual(inOrder.toSorted((a, b) => b - a));
      for (const { paper } of each.response) {
        const gained = paper.upvotes - (votes.get(paper.id) ?? 0);
        if (gained < 0) falls.push(gained);
        votes.set(paper.id, paper.upvotes);
      }
    }
    expect(falls).toEqual([-1, -1]);
    const last = [...votes.values()].toSorted((a, b) => a - b);
    expect(last.at(-1)).toBeGreaterThan(100);
    expect(last[Math.floor(last.length / 2)]).toBeLessThan(25);
  });

  test('some repositories gain stars', () => {
    const gaining = papers.filter((each) => {
      const stars = items
        .filter((entry) => entry.paper.id === each.id)
        .map((entry) => entry.paper.githubStars ?? 0);
      return Math.max(...stars) > Math.min(...stars);
    });
    expect(gaining.length).toBeGreaterThan(5);
  });

  test('repeats an id in exactly one answer, and lists exactly one paper on two days', () => {
    const repeating = captures.filter((each) => new Set(ids(each)).size < each.response.length);
    expect(repeating.map((each) => each.captured_at)).toEqual(['2026-11-12T08:10:00Z']);
    expect(repeating.map((each) => each.response.length - new Set(ids(each)).size)).toEqual([1]);
    expect(papers.filter((each) => daysOf(each.id).length > 1).map((each) => daysOf(each.id))).toEqual([
      ['2026-11-11', '2026-11-12'],
    ]);
  });

  test.each(Object.entries(topicWords))('has papers about %s on most days', (_topic, words) => {
    const days = listDates.filter((date) =>
      capturesOf(date).some((each) => each.response.some((entry) => words.test(entry.title))),
    );
    expect(days.length).toBeGreaterThanOrEqual(5);
  });

  test('has papers outside all topics', () => {
    for (const title of ['Tide Tables from Old Photographs', 'Handwriting After Ninety', 'Moth Wings']) {
      const [outside] = titled(title);
      expect(outside).toBeDefined();
      for (const words of Object.values(topicWords))
        expect(`${outside?.title} ${outside?.summary}`).not.toMatch(words);
    }
  });

  test('has abstracts of 70 to 140 words, the same in both places', () => {
    for (const each of items) {
      const words = each.summary.split(/\s+/).length;
      expect(words).toBeGreaterThanOrEqual(70);
      expect(words).toBeLessThanOrEqual(140);
      expect(each.paper.summary).toBe(each.summary);
      expect(each.paper.title).toBe(each.title);
    }
    expect(new Set(papers.map((each) => each.summary)).size).toBe(papers.length);
  });

  test.each(captures.filter((each) => each.list_date < '2026-11-16'))(
    'tells on $list_date when each paper was listed: that day, before the reading at $captured_at',
    ({ list_date, captured_at, response }) => {
      for (const { paper } of response) {
        expect(paper.submittedOnDailyAt.slice(0, 10)).toBe(list_date);
        expect(Date.parse(paper.submittedOnDailyAt)).toBeGreaterThan(utcMidnight(list_date));
        expect(Date.parse(paper.submittedOnDailyAt)).toBeLessThan(Date.parse(captured_at));
      }
    },
  );

  test.each(['2026-11-16', '2026-11-17'])('tells on %s only the day of listing, as midnight', (date) => {
    const told = capturesOf(date).flatMap((each) =>
      each.response.map((entry) => entry.paper.submittedOnDailyAt),
    );
    expect(new Set(told)).toEqual(new Set([`${date}T00:00:00.000Z`]));
  });

  test('writes the outer publishedAt five hours early, as the API does in winter', () => {
    for (const each of items) {
      expect(Date.parse(each.paper.publishedAt) - Date.parse(each.publishedAt)).toBe(5 * hourMs);
      expect(Date.parse(each.paper.publishedAt) % dayMs).toBe(0);
      expect(each.paper.publishedAt < each.paper.submittedOnDailyAt).toBe(true);
    }
  });

  test('leaves fields out as often as the API: keywords, code, project pages, organizations', () => {
    expect(share((each) => each.ai_keywords)).toBeGreaterThan(0.4);
    expect(share((each) => each.ai_keywords)).toBeLessThan(0.6);
    for (const part of [share((each) => each.githubRepo), share((each) => each.organization)]) {
      expect(part).toBeGreaterThan(0.3);
      expect(part).toBeLessThan(0.8);
    }
    expect(share((each) => each.projectPage)).toBeGreaterThan(0.15);
  });

  test('leads nowhere but to example addresses and the shapes of arXiv and Hugging Face', () => {
    const found = body.match(/https?:\/\/[^\s"\\)]+/g) ?? [];
    const allowed =
      /^https:\/\/(example\.(org|com)\/|github\.com\/example-lab\/|(cdn-thumbnails\.)?huggingface\.co\/|arxiv\.org\/)/;
    expect(found.filter((url) => !allowed.test(url))).toEqual([]);
    expect(found.length).toBeGreaterThan(papers.length);
    expect(body).not.toMatch(/[\w.]+@[\w-]+\.\w/);
  });

  test.each([
    ['TeX', 'Attention in $O(n \\log n)$ Time'],
    ['money', 'With $1 Million?'],
    ['a word in angle brackets', 'Beyond <script>:'],
    ['accents', 'Fado, Château, Smørrebrød'],
    ['an ampersand', 'Trust & Waiting'],
  ])('has a title with %s', (_what, part) => {
    expect(titled(part)).toHaveLength(1);
  });

  test('has the other oddities that real listings have', () => {
    expect(papers.filter((each) => each.title === '0')).toHaveLength(1);
    expect(papers.filter((each) => each.title.length === 240)).toHaveLength(1);
    expect(papers.filter((each) => /\p{Script=Arabic}/u.test(each.title))).toHaveLength(1);
    expect(papers.filter((each) => each.summary.includes('<think>'))).toHaveLength(1);
    expect(papers.filter((each) => each.summary.includes('\n'))).toHaveLength(1);
    const authorCounts = papers.map((each) => each.authors.length).toSorted((a, b) => a - b);
    expect([authorCounts[0], authorCounts[1], authorCounts.at(-1)]).toEqual([1, 2, 312]);
    const names = papers.flatMap((each) => each.authors.map((who) => who.name));
    for (const script of [/\p{Script=Han}/u, /\p{Script=Cyrillic}/u, /\p{Script=Hebrew}/u, /[À-ž]/u])
      expect(names.some((name) => script.test(name))).toBe(true);
  });

  test('changes one title and adds one repository between two readings', () => {
    expect(new Set(versions('Thinking in Pencil').map((each) => each.title)).size).toBe(2);
    expect(versions('From Recipes to Reasons').map((each) => each.githubRepo !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
