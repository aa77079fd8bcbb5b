import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import type { ExitCode } from '../../src/cli/exit-code.ts';
import { importFiles } from '../../src/cli/import.ts';
import { suggestForTopic } from '../../src/cli/suggest.ts';
import { checkTopicRules } from '../../src/cli/topics.ts';
import { exampleConfig } from '../../src/config/config.ts';
import { parseInstant } from '../../src/domain/time.ts';
import { UsageError } from '../../src/errors.ts';

const sample = fileURLToPath(new URL('../../sample/listings.jsonl', import.meta.url));
const now = parseInstant('2026-11-18T02:30:00Z') ?? 0;
const robotSeeds = `@article{a, title = {Robots that grasp}, doi = {10.1234/a}, abstract = {A robot arm grasps cups.}}
@article{b, title = {Robot arms at home}, doi = {10.1234/b}, abstract = {Robot arms grasp cups and plates.}}
`;

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-topics-'));
  const config = (await exampleConfig()).replace(
    '    name: Robotics',
    '    seeds: [robots.bib]\n    name: Robotics',
  );
  writeFileSync(join(folder, 'broadsheet.yaml'), `${config}\nlog: silent\n`);
  writeFileSync(join(folder, 'robots.bib'), robotSeeds);
  writeFileSync(join(folder, 'nothing.bib'), 'no entry');
  mkdirSync(join(folder, 'data'));
  await said((context) => importFiles(context, [sample]));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Said {
  readonly code: ExitCode;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

async function said(
  verb: (context: Context) => Promise<ExitCode>,
  options: Partial<Context['options']> = {},
): Promise<Said> {
  const lines: string[] = [];
  const notes: string[] = [];
  const code = await verb({
    options: { config: join(folder, 'broadsheet.yaml'), now, ...options },
    now: () => now,
    signal: new AbortController().signal,
    onHangUp: () => {},
    print: (text) => lines.push(text),
    note: (text) => notes.push(text),
  });
  return { code, lines, notes };
}

describe('topics check', () => {
  it('prints a line for each topic, what is worth a look, and last what is in no topic', async () => {
    const { code, lines } = await said((context) => checkTopicRules(context, {}));
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^topic +papers +share +precision +recall +F1/);
    expect(lines.filter((line) => /^[a-z-]+ +\d+ +[\d.]+ %/.test(line)).length).toBe(10);
    expect(lines.join('\n')).toMatch(/^macro(?: +[01]\.\d{3}){3}$/m);
    expect(lines.join('\n')).toContain('is small: take what follows with care');
    expect(lines.at(-1)).toMatch(
      /^\d+ papers, \d+ \([\d.]+ %\) in no topic, \d\.\d topics a paper; \d+ findings?$/,
    );
  });

  it('shows every rule when asked, and a set that is not taken in yet', async () => {
    const { lines } = await said((context) => checkTopicRules(context, { rules: true, with: ['math'] }));
    expect(lines.filter((line) => line.endsWith(' "robotic*"')).length).toBe(1);
    expect(lines.some((line) => /^probability +0 /.test(line))).toBe(true);
    await expect(said((context) => checkTopicRules(context, { with: ['maths'] }))).rejects.toThrow(
      /there is no set maths: expected some of more-machine-learning, math/,
    );
  });

  it('prints one JSON document with every rule in it', async () => {
    const { lines } = await said((context) => checkTopicRules(context, {}), { json: true });
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      topics: expect.arrayContaining([expect.objectContaining({ key: 'llm', rules: expect.any(Array) })]),
      findings: expect.any(Array),
    });
  });

  it('asks for papers where there are none', async () => {
    const none = said((context) => checkTopicRules(context, {}), { data: join(folder, 'empty') });
    await expect(none).rejects.toThrow(UsageError);
  });
});

describe('topics suggest', () => {
  const suggest = (...seeds: readonly string[]) =>
    said((context) => suggestForTopic(context, seeds, { days: 30, papers: 3 }));

  it('names the papers nearest to the seeds of a topic, with the topics they are in', async () => {
    const { code, lines } = await suggest('robotics');
    expect(code).toBe(0);
    expect(lines[1]).toMatch(/^ {2}0\.\d\d \d{4}\.\d{5} .* \(robotics/);
    expect(lines.at(-1)).toMatch(/^3 of \d+ papers of 30 days, nearest to 2 seeds$/);
  });

  it('takes the papers that have a topic without seeds in their title', async () => {
    const { lines } = await suggest('agents');
    expect(lines.at(-1)).toMatch(/nearest to \d+ seeds$/);
    expect(lines.join('\n')).toMatch(/^ +\d+ +\d+ {2}[a-z]/m);
  });

  it('names the seeds that cannot be found, and goes on with the others', async () => {
    const bib = join(folder, 'robots.bib');
    const { code, notes } = await suggest(bib, '9999.99999', join(folder, 'nothing.bib'));
    expect(code).toBe(3);
    expect(notes.length).toBe(2);
    expect(notes[0]).toBe('not found: 9999.99999 (no source has named it)');
    await expect(suggest('9999.99999')).rejects.toThrow(/expected seeds that can be read, got none/);
  });
});
