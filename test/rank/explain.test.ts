import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreFacts, shortCount, whyLine } from '../../src/rank/explain.ts';
import { rankPapers } from '../../src/rank/rank.ts';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { Rise } from '../../src/domain/edition.ts';
import { select } from '../../src/rank/select.ts';
import { compileTopics } from '../../src/rank/topics.ts';
import type { WhyNotQuestion } from '../../src/rank/why-not.ts';
import { whyNot } from '../../src/rank/why-not.ts';
import { authors, count, hoursAgo, now, paper, topic, unvoted, voted } from './candidates.ts';

const topics = compileTopics([topic('agents', { include: ['tool use', 'agent'] }), topic('beta')]);
const topicNames = new Map([
  ['agents', 'Agents and tool use'],
  ['beta', 'Beta'],
]);

/** The line of the first candidate among all. */
function lineOf(candidates: readonly Candidate[], section = 'agents'): string {
  const ranked = rankPapers({ candidates, topics, now });
  const [own] = ranked.filter((other) => other.candidate === candidates[0]);
  return own ? whyLine(own, section, topicNames) : '';
}

const links = { abstract: 'https://a.example.org', code: 'https://c.example.org' };
const rising: Candidate = {
  paper: paper(1, { title: 'Tool use at home', links, organization: 'Example Lab' }),
  signals: [count('upvotes', 34, 25), count('upvotes', 72, 1), count('stars', 1234, 1)],
  seenAt: hoursAgo(25),
  hasVotes: true,
  isNew: true,
};
const still = Array.from({ length: 40 }, (_, place) => {
  const subject = paper(place + 2);
  return {
    ...voted(subject, 3),
    signals: [{ ...count('upvotes', 3, 25), paperId: subject.id }],
  };
});

describe('the line that says why', () => {
  test('gives the facts, most telling first', () => {
    expect(lineOf([rising, ...still])).toBe(
      '"tool use" in title · 72 votes, +38 in 24 h · fastest 3 % of all · code, 1.2k stars · by Example Lab',
    );
  });

  test('names the topic where it was compared within it', () => {
    const inTopic = still.map((candidate) => ({
      ...candidate,
      paper: { ...candidate.paper, title: 'An agent' },
    }));
    expect(lineOf([rising, ...inTopic])).toContain('fastest 3 % in Agents and tool use');
  });

  test('says where it stands among recent papers of its topic', () => {
    const [ranked] = rankPapers({ candidates: [rising], topics, now });
    const line = (percentile: number, within?: string): string =>
      ranked
        ? whyLine(ranked, 'agents', topicNames, {
            standing: { percentile, of: 100, ...(within !== undefined && { topic: within }) },
          })
        : '';
    expect(line(0.979, 'agents')).toBe(
      '"tool use" in title · 72 votes, +38 in 24 h · 97th percentile in Agents and tool use · code, 1.2k stars',
    );
    expect(line(0.91)).toContain(' · 91st percentile of all · ');
    expect(line(0.92)).toContain('92nd');
    expect(line(0.93)).toContain('93rd');
    expect(line(0.12)).toContain('12th');
    expect(line(0)).toContain('0th');
  });

  test('says in a list of what rises how much it gained and how much is usual', () => {
    const [ranked] = rankPapers({ candidates: [rising], topics, now });
    const line = (rise: Rise): string =>
      ranked ? (whyLine(ranked, 'agents', topicNames, { rise }).split(' · ')[1] ?? '') : '';
    expect(line({ signal: 'upvotes', gained: 38, hours: 24, usual: 3.7, pace: 90 })).toBe(
      '72 votes, +38 in 24 h, 4 usual',
    );
    expect(line({ signal: 'upvotes', gained: 38, hours: 24, usual: 0.4, pace: 90 })).toBe(
      '72 votes, +38 in 24 h, under 1 usual',
    );
    expect(line({ signal: 'upvotes', gained: 72, hours: 19.6, pace: 90 })).toBe('72 votes in 20 h');
    expect(line({ signal: 'stars', gained: 34, hours: 24, pace: 34 })).toBe('1.2k stars, +34 in 24 h');
  });

  test('leaves out what it does not know', () => {
    expect(lineOf([voted(paper(1, { title: 'Tool use' }), 1)])).toBe(
      '"tool use" in title · 1 vote in 8 h, 2 expected',
    );
    expect(lineOf([unvoted(paper(1, { title: 'Tool use' }))])).toBe('"tool use" in title');
    expect(lineOf([unvoted(paper(1))], 'outside')).toBe('');
  });

  test('tells of a paper without votes what raises its expectation', () => {
    const subject = paper(1, {
      title: 'Tool use',
      links: { abstract: 'https://a.example.org', project: 'https://p.example.org' },
      authors: authors(12),
    });
    expect(lineOf([unvoted(subject)])).toBe('"tool use" in title · project page · 12 authors');
  });

  test('gives outside the digest the rule of another topic, else the category', () => {
    expect(lineOf([voted(paper(1, { title: 'Beta', categories: ['q-bio.NC'] }), 30)], 'outside')).toBe(
      '"beta" in title · 30 votes in 8 h, 40 expected',
    );
    expect(lineOf([voted(paper(1, { categories: ['q-bio.NC'] }), 30)], 'outside')).toBe(
      'category q-bio.NC · 30 votes in 8 h, 40 expected',
    );
  });

  test('leaves out a fact without room rather than cutting it', () => {
    const organization = 'The International Institute of Very Long Names and of Still Longer Addresses';
    const long = { ...rising, paper: { ...rising.paper, organization } };
    expect(lineOf([long])).toBe('"tool use" in title · 72 votes, +38 in 24 h · code, 1.2k stars');
  });

  test('says nothing of a fall', () => {
    const falling = { ...rising, signals: [count('upvotes', 80, 25), count('upvotes', 72, 1)] };
    expect(lineOf([falling])).toBe('"tool use" in title · 72 votes · code · by Example Lab');
  });

  test('is one line of at most 110 characters, whatever the paper says', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 150 });
    fc.assert(
      fc.property(text, text, text, fc.nat(), (organization, category, title, votes) => {
        const subject = paper(1, { organization, title: `${title} agent`, categories: [category] });
        for (const section of ['agents', 'outside']) {
          const line = lineOf([voted(subject, votes)], section);
          expect(line.length).toBeLessThanOrEqual(110);
          expect(line).not.toMatch(/[\n\r\u2028\u2029]| {2}|^ | $/);
        }
      }),
    );
  });
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1k'],
  [1234, '1.2k'],
  [9949, '9.9k'],
  [9950, '10k'],
  [12_345, '12k'],
  [999_499, '999k'],
  [999_500, '1M'],
  [1_260_000, '1.3M'],
])('%d in short is %s', (value, text) => {
  expect(shortCount(value)).toBe(text);
});

test('the numbers behind a score are told one by one', () => {
  const [ranked] = rankPapers({ candidates: [rising], topics, now });
  expect(ranked && scoreFacts(ranked.score)).toEqual([
    'score 78.5 expected votes',
    '72.0 votes now',
    '6.2 still to come, by its own pace',
    '0.3 from topic, authors, links',
    '25.0 h old, papers of this age have 90 % of their votes',
    '+38 votes in 24.0 h, 100 % of those compared gained less or as much',
    'not known: comments',
  ]);
  const standing = { topic: 'agents', percentile: 0.97, of: 214 };
  expect(ranked && scoreFacts({ ...ranked.score, standing })).toContain(
    'above 97 % of 214 recent papers in agents',
  );
  const [quiet] = rankPapers({ candidates: [unvoted(paper(1))], topics, now });
  expect(quiet && scoreFacts(quiet.score).slice(2)).toEqual([
    'on no list where people vote: votes expected times the chance of being listed there',
    'a chance of 3 % of being listed',
    'not known: upvotes, comments, stars',
  ]);
});

describe('why a paper is not there', () => {
  const candidates = [
    voted(paper(1, { title: 'agent' }), 40),
    voted(paper(2, { title: 'agent' }), 20),
    voted(paper(3, { title: 'agent' }), 10),
    voted(paper(4, { title: 'agent' }), 0, 25),
    voted(paper(5, { title: 'beta' }), 5),
    voted(paper(6), 9),
    voted(paper(7), 8),
  ];
  const ranked = rankPapers({ candidates, topics, now });
  const question = (number: number, more: Partial<WhyNotQuestion> = {}): WhyNotQuestion => {
    const digestTopics = more.topics ?? ['agents', 'beta'];
    return {
      paper: paper(number),
      ranked,
      selection: select({
        candidates: ranked,
        topics: digestTopics,
        picksPerTopic: 2,
        picksOutside: 1,
        alsoNew: 1,
      }),
      topics: digestTopics,
      topicNames,
      windowDays: 3,
      mode: 'final',
      now,
      ...more,
    };
  };

  test('is nothing when it is there', () => {
    expect(whyNot(question(1))).toEqual([]);
  });

  test.each([
    [
      'it stands below the last shown',
      question(3),
      [
        'scored 13.8',
        'place 3 of 4 in Agents and tool use, the last shown had 27.0',
        'named by its title only',
      ],
    ],
    [
      'it is too weak',
      question(4),
      [
        'scored 0.2',
        'place 4 of 4 in Agents and tool use, the last shown had 27.0',
        'below 2 expected votes, the least for a pick',
      ],
    ],
    [
      'it is in no topic',
      question(7),
      ['scored 11.2', 'outside every topic', 'place 2 of 2 outside, the last shown had 12.5'],
    ],
    [
      'its topic is not of the digest',
      question(5, { topics: ['agents'] }),
      [
        'scored 7.2',
        'in Beta, but in no topic of this digest',
        'place 3 of 3 outside, the last shown had 12.5',
      ],
    ],
    [
      'it was picked before',
      question(9, { pickedOn: '2026-11-16' }),
      ['already picked in the edition of 2026-11-16'],
    ],
    [
      'it is too old',
      question(9, { paper: paper(9, { firstSeenAt: hoursAgo(24 * 9) }) }),
      ['too old: first seen 9.0 days before, at most 3'],
    ],
    [
      'it came later',
      question(9, { paper: paper(9, { firstSeenAt: hoursAgo(-1) }) }),
      ['first seen only after this edition'],
    ],
    ['it was never news', question(9), ['no source had announced it as new']],
  ])('tells that %s', (_, asked, facts) => {
    expect(whyNot(asked)).toEqual(facts);
  });

  test('tells that an early edition shows a paper of the day before as a late riser only', () => {
    const old = rankPapers({
      candidates: Array.from({ length: 6 }, (_, at) => ({
        ...voted(paper(at + 1, { title: 'agent' }), 60 - at),
        isNew: false,
      })),
      topics,
      now,
    });
    const limits = { picksPerTopic: 2, picksOutside: 1, alsoNew: 1 };
    const selection = select({ candidates: old, topics: ['agents'], mode: 'early', ...limits });
    expect(selection.sections.map((section) => [section.topic, section.picks.length])).toEqual([
      ['late-risers', 5],
    ]);
    const [, fact] = whyNot({ ...question(6), ranked: old, selection, mode: 'early' });
    expect(fact).toContain(
      'met before the last edition, so only a late riser in an early one, the last shown',
    );
  });

  test('tells that a paper without votes stands far below the best', () => {
    const two = rankPapers({
      candidates: [voted(paper(1, { title: 'agent' }), 40), unvoted(paper(2, { title: 'agent' }))],
      topics,
      now,
    });
    const selection = select({
      candidates: two,
      topics: ['agents'],
      picksPerTopic: 2,
      picksOutside: 0,
      alsoNew: 0,
    });
    expect(whyNot({ ...question(2), ranked: two, selection, topics: ['agents'] })).toEqual([
      'scored 0.2',
      'place 2 of 2 in Agents and tool use, the last shown had 53.3',
      'below 2 expected votes, and the best there has votes or twice as much',
    ]);
  });
});
