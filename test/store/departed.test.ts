import { describe, expect, it } from 'vitest';
import { departed } from '../../src/store/departed.ts';
import type { PublishedList } from '../../src/store/published-list.ts';

const rss = 'application/rss+xml; charset=utf-8';
const nothing: PublishedList = { files: new Map(), moved: new Map(), gone: new Map() };

function listOf(...paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(paths.map((path) => [path, rss]));
}

describe('what was public', () => {
  it('and is no longer made is gone, since then', () => {
    const first = departed({ ...nothing, files: listOf('a', 'b') }, listOf('a'), [], 100);
    expect([...first.gone]).toEqual([['b', { contentType: rss, at: 100 }]]);
    const second = departed({ files: listOf('a'), ...first }, listOf('a'), [], 200);
    expect([...second.gone]).toEqual([['b', { contentType: rss, at: 100 }]]);
  });

  it('and is made again is neither gone nor moved', () => {
    const before = {
      files: listOf('a'),
      gone: new Map([['b', { contentType: rss, at: 1 }]]),
      moved: new Map([['c', 'a']]),
    };
    expect(departed(before, listOf('a', 'b', 'c'), [{ from: 'c', to: 'a' }], 2)).toEqual({
      moved: new Map(),
      gone: new Map(),
    });
  });

  it('has moved where a rule for all below a folder says so, whether or not we saw it there', () => {
    const after = departed(
      { ...nothing, files: listOf('t/old/rss.xml', 't/old/only-old.xml') },
      listOf('t/new/rss.xml', 't/new/atom.xml'),
      [{ from: 't/old/', to: 't/new/' }],
      100,
    );
    expect(Object.fromEntries(after.moved)).toEqual({
      't/old/rss.xml': 't/new/rss.xml',
      't/old/atom.xml': 't/new/atom.xml',
    });
    expect([...after.gone.keys()]).toEqual(['t/old/only-old.xml']);
  });

  it('stays moved when the rule is gone, and follows its target when that moves too', () => {
    const first = departed(nothing, listOf('b'), [{ from: 'a', to: 'b' }], 1);
    const second = departed({ files: listOf('b'), ...first }, listOf('c'), [{ from: 'b', to: 'c' }], 2);
    expect(Object.fromEntries(second.moved)).toEqual({ a: 'c', b: 'c' });
    expect(departed({ files: listOf('c'), ...second }, listOf('c'), [], 3).moved).toEqual(second.moved);
  });

  it('is gone when the target of its move is, or when moves lead in a circle', () => {
    const first = departed(nothing, listOf('b'), [{ from: 'a.xml', to: 'b' }], 1);
    const second = departed({ files: listOf('b'), ...first }, listOf('x'), [], 2);
    expect([...second.moved]).toEqual([]);
    expect(second.gone.get('a.xml')).toEqual({ contentType: rss, at: 2 });
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    expect([...departed({ ...nothing, files: listOf('a') }, listOf('x'), circle, 3).gone.keys()]).toEqual([
      'a',
    ]);
  });

  it('can have moved to the front page', () => {
    const { moved } = departed(nothing, listOf('index.html'), [{ from: 'old.html', to: 'index.html' }], 1);
    expect(moved.get('old.html')).toBe('index.html');
  });
});
