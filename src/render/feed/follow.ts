import type { EditionPaper } from '../../domain/edition.ts';
import { foldedName, type Follow } from '../../domain/follow.ts';

/**
 * Whether the paper is by the author, or from the lab: its organization, or a part of an affiliation that a comma or
 * semicolon ends. Names are compared as `foldedName` writes them; an edition keeps the first twelve authors and the last.
 */
export function isFollowed({ authors, organization }: EditionPaper, { kind, name }: Follow): boolean {
  const wanted = foldedName(name);
  const names =
    kind === 'author'
      ? authors.map((author) => author.name)
      : [organization, ...authors.flatMap(({ affiliation }) => affiliation?.split(/[,;]/))];
  return names.some((one) => one !== undefined && foldedName(one) === wanted);
}
