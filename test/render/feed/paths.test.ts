import { describe, expect, it } from 'vitest';
import { archivePaths, feedPaths, isClosedFeed } from '../../../src/render/feed/paths.ts';

describe('a feed', () => {
  it.each([
    feedPaths({ kind: 'all' }),
    feedPaths({ kind: 'trending' }),
    feedPaths({ kind: 'topic', key: 'agents' }),
    feedPaths({ kind: 'digest', key: 'daily' }),
    feedPaths({ kind: 'paper', id: 'arxiv:2611.00001' }),
  ])('at $rss goes on', (paths) => {
    expect(Object.values(paths).filter(isClosedFeed)).toEqual([]);
  });

  it.each([
    feedPaths({ kind: 'edition', digest: 'daily', editionDate: '2026-11-24' }),
    archivePaths({ kind: 'all' }, '2026-10'),
    archivePaths({ kind: 'topic', key: 'agents' }, '2026-10-2'),
  ])('at $rss is closed', (paths) => {
    expect(Object.values(paths).filter(isClosedFeed)).toHaveLength(3);
  });
});
