/**
 * `https://github.com/owner/repo`, whatever came around it: white space inside, a trailing slash, `/tree/main`,
 * `.git`. Undefined when the text does not name a repository there, e.g. only an owner.
 */
export function githubRepository(text: string): string | undefined {
  const form = /^(?:https?:\/\/)?(?:www\.)?github\.com\/+([\w.-]+)\/+([\w.-]+?)(?:\.git)?(?:[/?#].*)?$/i;
  const [, owner, repository] = form.exec(text.replace(/\s+/g, '')) ?? [];
  return owner === undefined || repository === undefined
    ? undefined
    : `https://github.com/${owner}/${repository}`;
}

/** A web address without the white space around it, or undefined when it is none. */
export function webAddress(text: string): string | undefined {
  const trimmed = text.trim();
  return /^https?:\/\/\S+$/i.test(trimmed) && URL.canParse(trimmed) ? trimmed : undefined;
}
