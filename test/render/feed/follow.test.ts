import { describe, expect, it } from 'vitest';
import { follow, foldedName, isFollowed } from '../../../src/domain/follow.ts';
import { samplePaper } from '../edition-sample.ts';

const paper = samplePaper('00001', {
  authors: [
    { name: 'Zoë O’Example', affiliation: 'Shelf Lab, Exampleton' },
    { name: 'Łukasz 王小明', affiliation: 'Other Place' },
  ],
  organization: 'Example Institute (of Errands)',
});

function isFollowing(kind: 'author' | 'lab', name: string): boolean {
  const followed = follow(kind, name);
  return followed !== undefined && isFollowed(paper, followed);
}

describe('a follow', () => {
  it.each([
    ['author', "zoe o'example"],
    ['author', 'ZOË  O’EXAMPLE'],
    ['author', 'Łukasz 王小明'],
    ['lab', 'example institute of errands'],
    ['lab', 'Shelf Lab'],
  ] as const)('of the %s %j finds its papers', (kind, name) => {
    expect(isFollowing(kind, name)).toBe(true);
  });

  it.each([
    ['author', 'Zoë'],
    ['author', 'Shelf Lab'],
    ['lab', 'Shelf'],
    ['lab', 'Lab Exampleton'],
    ['lab', 'Zoë O’Example'],
  ] as const)('of the %s %j finds no others', (kind, name) => {
    expect(isFollowing(kind, name)).toBe(false);
  });

  it.each([
    ['Zoë O’Example', 'zoe-oexample'],
    ['王小明', '王小明'],
    ['x'.repeat(300), 'x'.repeat(80)],
    ['…', undefined],
  ])('of %j has the key %j', (name, key) => {
    expect(follow('author', name)?.key).toBe(key);
  });

  it('folds a folded name to itself', () => {
    expect(foldedName(foldedName('Ångström & Söhne, Inc.'))).toBe('angstrom sohne inc');
  });
});
