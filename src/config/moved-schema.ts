import { block, list, text } from './values.ts';

const sitePath = text(
  'a path below the site without a slash in front, such as feeds/old.xml or t/old-name/',
  (value) =>
    /^[^/\s?#%\\][^\s?#%\\]*$/.test(value) &&
    value
      .replace(/\/$/, '')
      .split('/')
      .every((segment) => segment !== '' && !segment.startsWith('.')),
);

/** Old and new addresses: of one document each, or with a slash at the end of both, of all below two folders. */
export const moves = list(
  block({ from: sitePath, to: sitePath }).refine(({ from, to }) => from.endsWith('/') === to.endsWith('/'), {
    error: 'two documents (from: feeds/old.xml, to: feeds/new.xml) or two folders (from: t/old/, to: t/new/)',
  }),
  'a list of blocks with from and to',
);
