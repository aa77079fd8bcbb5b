import { describe, expect, it } from 'vitest';
import { parseConfig, type WebsubConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const smallest = `site: { title: Small, description: Few., url: https://papers.example.org }
sources: [{ name: hf, type: hf-daily-papers }]
topics: { llm: { name: Language models, include: [llm] } }
digests: [{ key: daily, name: Daily, description: Every day., schedule: 0 7 * * * }]
`;

function websubOf(block: string): WebsubConfig | undefined | string {
  try {
    return parseConfig(`${smallest}${block}`, 'broadsheet.yaml', {}).websub;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe('the block websub', () => {
  it('is optional, and without it there is no hub', () => {
    expect(websubOf('')).toBeUndefined();
  });

  it.each<[string, WebsubConfig]>([
    ['websub: { hub: own }', { hub: 'own', publish: true, allowHosts: [] }],
    [
      'websub: { hub: own, allowHosts: [reader.internal, 127.0.0.1] }',
      { hub: 'own', publish: true, allowHosts: ['reader.internal', '127.0.0.1'] },
    ],
    [
      'websub: { hub: "HTTPS://hub.example.org", publish: false }',
      { hub: 'https://hub.example.org/', publish: false, allowHosts: [] },
    ],
  ])('%s is understood', (block, websub) => {
    expect(websubOf(block)).toEqual(websub);
  });

  it.each([
    [
      'websub: {}',
      'websub.hub: missing; add it: own, or the address of a hub such as https://hub.example.org/',
    ],
    ['websub: { hub: mine }', 'websub.hub: expected own, or the address of a hub'],
    ['websub: { hub: "ftp://hub.example.org/" }', 'websub.hub: expected own, or the address of a hub'],
    [
      'websub: { hub: "https://hub.example.org/?a={b}" }',
      'websub.hub: expected own, or the address of a hub',
    ],
    ['websub: { hub: own, publish: 1 }', 'websub.publish: expected true or false'],
    ['websub: { hub: own, publish: false }', 'websub.publish: expected true beside the own hub'],
    [
      'websub: { hub: "https://hub.example.org/", allowHosts: [a.internal] }',
      'websub.allowHosts: expected it beside "hub: own" only',
    ],
    ['websub: { hub: own, secret: x }', 'websub.secret: '],
  ])('%s is a fault at its place', (block, fault) => {
    expect(websubOf(block)).toMatch(/^broadsheet\.yaml:5:\d+ /);
    expect(websubOf(block)).toContain(fault);
  });
});
