import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const smallest = `site: { title: Small, description: x, url: https://papers.example.org/ }
sources: [{ name: hf, type: hf-daily-papers }]
topics: { llm: { name: LLM, include: [llm] } }
digests: [{ key: daily, name: Daily, description: x, schedule: '0 7 * * *' }]
`;

const followsOf = (yaml: string) => parseConfig(`${smallest}${yaml}`, 'broadsheet.yaml', {}).follows;

describe('follows', () => {
  it('are none where none are given', () => {
    expect(followsOf('')).toEqual([]);
  });

  it('are authors and labs with keys for their addresses, each once', () => {
    expect(
      followsOf('follows: { authors: [Zoë Example, zoe example, Bo Sample], labs: [Zoë Example] }\n'),
    ).toEqual([
      { kind: 'author', name: 'Zoë Example', key: 'zoe-example' },
      { kind: 'author', name: 'Bo Sample', key: 'bo-sample' },
      { kind: 'lab', name: 'Zoë Example', key: 'zoe-example' },
    ]);
  });

  it.each([
    'follows: { authors: [""] }',
    'follows: { labs: ["…"] }',
    `follows: { authors: [${'x'.repeat(101)}] }`,
  ])('are refused as %s', (yaml) => {
    expect(() => followsOf(`${yaml}\n`)).toThrow(ConfigError);
  });
});
