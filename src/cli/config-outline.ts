import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Context } from './context.ts';

/** What a look at the database needs to know of the configuration. No secret is in it. */
export interface ConfigOutline {
  readonly dataDir: string;
  readonly sources: readonly { readonly name: string; readonly address: string }[];
  readonly digests: readonly { readonly key: string; readonly schedule: string; readonly zone: string }[];
}

/**
 * The outline of the configuration. To read and check the whole file costs more than all else that `status` does, so
 * its outline is kept in the program's cache folder for as long as the file stays as it is: the same inode, size and
 * times, read by the same program. Where nothing is kept or can be, the file is read.
 */
export async function configOutline({ options }: Context): Promise<ConfigOutline> {
  const place = keptPlace(options.config);
  const kept = place && keptOutline(place);
  const outline = kept ?? (await readOutline(options.config));
  if (place && !kept) keepOutline(place, outline);
  return options.data === undefined ? outline : { ...outline, dataDir: resolve(options.data) };
}

async function readOutline(file: string): Promise<ConfigOutline> {
  const { loadConfig } = await import('../config/config.ts');
  const { sourceAddress } = await import('../config/source-address.ts');
  const { dataDir, sources, signals, digests } = loadConfig(file, process.env);
  return {
    dataDir,
    sources: [...sources, ...signals].map((source) => ({
      name: source.name,
      address: sourceAddress(source),
    })),
    digests: digests.map(({ key, schedule, zone }) => ({ key, schedule, zone })),
  };
}

interface KeptPlace {
  readonly folder: string;
  readonly path: string;
  /** The file as it stands and the program that read it. */
  readonly mark: string;
}

/** Nowhere without a cache folder, which the launcher names, or without the file. */
function keptPlace(file: string): KeptPlace | undefined {
  const cache = process.env['BROADSHEET_CACHE'];
  if (cache === undefined || cache === '') return undefined;
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  const program = statSync(new URL(import.meta.url), { bigint: true, throwIfNoEntry: false });
  if (!found || !program) return undefined;
  const folder = join(cache, 'outlines');
  const mark = [
    resolve(file),
    found.dev,
    found.ino,
    found.size,
    found.mtimeNs,
    found.ctimeNs,
    program.mtimeNs,
  ];
  return { folder, path: join(folder, `${found.dev}-${found.ino}.json`), mark: mark.join(' ') };
}

function keptOutline({ path, mark }: KeptPlace): ConfigOutline | undefined {
  try {
    // The folder is this user's own, and the mark is ours: what follows it is as it was written below.
    const kept = JSON.parse(readFileSync(path, 'utf8')) as { mark?: unknown; outline?: ConfigOutline };
    return kept.mark === mark ? kept.outline : undefined;
  } catch {
    return undefined;
  }
}

function keepOutline({ folder, path, mark }: KeptPlace, outline: ConfigOutline): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, JSON.stringify({ mark, outline }), { mode: 0o600 });
  } catch {
    // A folder that cannot be written: the file is read again the next time.
  }
}
