import { stat } from 'node:fs/promises';
import { publishedListFile, readPublished, type PublishedList } from './published-list.ts';

/** A publication as it stands. */
export interface Publication extends Pick<PublishedList, 'files'> {
  /** Another one whenever the list was written anew. */
  readonly stamp: string;
}

/** A function that tells what is published in a folder now; the list is read once a publication. */
export function publishedNow(dir: string): () => Promise<Publication> {
  let last: { readonly stamp: string; readonly publication: Promise<Publication> } | undefined;

  async function read(stamp: string): Promise<Publication> {
    return { stamp, files: (await readPublished(dir)).files };
  }

  return async () => {
    const stamp = await stampOf(publishedListFile(dir));
    if (last?.stamp !== stamp) last = { stamp, publication: read(stamp) };
    const { publication } = last;
    // What could not be read is read again by whoever asks next.
    publication.catch(() => (last = undefined));
    return publication;
  };
}

async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs}:${size}:${ino}`;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'none';
    throw thrown;
  }
}
