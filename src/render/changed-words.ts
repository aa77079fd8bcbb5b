import type { RevisedField } from '../domain/paper.ts';

const names: Readonly<Record<Exclude<RevisedField, 'version' | 'code-added' | 'withdrawn'>, string>> = {
  title: 'title',
  abstract: 'abstract',
  authors: 'authors',
  categories: 'categories',
  doi: 'DOI',
  code: 'code link',
  comments: 'remarks',
};

/** What changed in a paper, in words: `title and abstract changed, code added`; `new version` where nothing else is known. */
export function changedWords(fields: readonly RevisedField[]): string {
  if (fields.includes('withdrawn')) return 'withdrawn';
  const changed = fields.flatMap((field) =>
    field === 'version' || field === 'code-added' || field === 'withdrawn' ? [] : [names[field]],
  );
  const words = [
    ...(changed.length > 0 ? [`${listed(changed)} changed`] : []),
    ...(fields.includes('code-added') ? ['code added'] : []),
  ];
  return words.length === 0 ? 'new version' : words.join(', ');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
