import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { App } from '../app.ts';
import type { PublishedDocument, Site } from '../domain/site.ts';
import { secondMs } from '../domain/time.ts';
import { UsageError } from '../errors.ts';
import { publishSite, type Day, type SiteReport } from '../pipeline.ts';
import { forwardingPage, tombstone } from '../render/tombstone.ts';
import {
  publishedAddress,
  publishedFilePath,
  publishedListFile,
  publishedPath,
  readPublished,
  type PublishedList,
} from '../store/published-list.ts';
import { writePublished } from '../store/published.ts';
import { writeIfChanged } from '../store/whole-file.ts';

/**
 * Writes the whole site into a folder for a web server of files, below whatever address `site.url` names: the files
 * that are served, without the parts that need this program, and each text beside itself in brotli and gzip. What
 * moved or is gone has a file at its old address. Each file is old or new as a whole at any time, and one that does not
 * change is not touched.
 *
 * Throws UsageError for a folder that holds files which no such call wrote.
 */
export async function publishStatic(app: App, day: Day, dir: string): Promise<SiteReport> {
  await refuseForeignFolder(dir, app.publishedDir);
  const site: Site = { ...app.site, hasOutbox: false, hasSearch: false, hasSignUp: false };
  const { hub: _, ...parts } = app;
  const report = await publishSite({ ...parts, site }, day, async (documents, newestAt) => {
    const departed = departedDocuments(site, documents, await readPublished(app.publishedDir));
    return writePublished(dir, [...documents, ...departed], { at: newestAt, isPrecompressed: true });
  });
  // GitHub Pages leaves out files with a `_` in front and more, unless it is told that nothing is to be built.
  await writeIfChanged(join(dir, '.nojekyll'), Buffer.of());
  return report;
}

/** A file at each address that was public once and is not in `documents`. */
function departedDocuments(
  site: Site,
  documents: readonly PublishedDocument[],
  { moved, gone }: PublishedList,
): readonly PublishedDocument[] {
  const made = new Map(documents.map((document) => [publishedFilePath(document.path), document]));
  const forwarded = [...moved].flatMap(([file, target]) => {
    const document = made.get(target);
    if (!document || made.has(file)) return [];
    const path = publishedPath(file);
    const isPage = document.contentType.startsWith('text/html');
    return [isPage ? forwardingPage(site, path, publishedAddress(target)) : movedTo(path, document)];
  });
  const removed = [...gone].flatMap(([file, { contentType, at }]) => {
    const departed = { path: publishedPath(file), contentType, at: at * secondMs };
    return made.has(file) ? [] : (tombstone(site, departed) ?? []);
  });
  return [...forwarded, ...removed];
}

/** The same document at another path: a feed reader follows no page, so it goes on reading where it is. */
function movedTo(path: string, document: PublishedDocument): PublishedDocument {
  const { contentType, basis } = document;
  return {
    path,
    contentType,
    ...(basis !== undefined && { basis }),
    get body() {
      return document.body;
    },
  };
}

/** Whatever was written there by hand must not be lost. */
async function refuseForeignFolder(dir: string, served: string): Promise<void> {
  if (resolve(dir) === resolve(served)) {
    throw new UsageError(`${dir} is the folder that "broadsheet start" serves. Choose another one.`);
  }
  const names: readonly string[] = await readdir(dir).catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  });
  if (names.includes(basename(publishedListFile(dir)))) return;
  const foreign = names.find((name) => !name.startsWith('.') && name !== 'CNAME');
  if (foreign === undefined) return;
  throw new UsageError(
    `${dir} holds files that were not published there, such as ${foreign}. Choose an empty folder, or one that an earlier "broadsheet publish --out" wrote.`,
  );
}
