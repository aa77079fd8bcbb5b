import type { ListingEntry } from '../domain/listing.ts';
import { paperId, type PaperId, type PaperRecord } from '../domain/paper.ts';

/** What the store knows of some ids. */
export interface KnownIds {
  /** Ids under which a paper is stored. */
  readonly papers: ReadonlySet<PaperId>;
  /** Ids that stand for a paper of another id. */
  readonly aliases: ReadonlyMap<PaperId, PaperId>;
  /** For papers stored under a DOI: the arXiv id that stands for it. */
  readonly arxivNames: ReadonlyMap<PaperId, PaperId>;
}

export interface ResolvedEntries {
  /** Each with the id under which its paper is, or will be, stored; each paper once, the first entry of it. */
  readonly entries: readonly ListingEntry[];
  /** Further entries of papers that are named already. */
  readonly repeated: readonly ListingEntry[];
  /** Ids found to mean a paper of another id. */
  readonly newAliases: ReadonlyMap<PaperId, PaperId>;
}

/** All ids that entries name, as far as they can matter: their own and those of their DOIs. */
export function idsNamed(entries: readonly ListingEntry[]): readonly PaperId[] {
  return [
    ...new Set(
      entries.flatMap(({ paper }) => {
        const doi = doiOf(paper);
        return doi === undefined ? [paper.id] : [paper.id, doi];
      }),
    ),
  ];
}

/**
 * Finds out which entries mean one paper: one source knows a paper by its arXiv id and its DOI, another by the DOI
 * alone. A paper keeps the id under which it was met first. Two arXiv ids are never one paper, whatever their DOI
 * says. Where both ids are papers already, the arXiv id stands for both from now on.
 */
export function resolveEntries(entries: readonly ListingEntry[], known: KnownIds): ResolvedEntries {
  const papers = new Set(known.papers);
  const aliases = new Map(known.aliases);
  const arxivNames = new Map(known.arxivNames);
  const newAliases = new Map<PaperId, PaperId>();
  const seen = new Set<PaperId>();
  const name = (alias: PaperId, id: PaperId): void => {
    if (alias === id || aliases.has(alias)) return;
    aliases.set(alias, id);
    newAliases.set(alias, id);
    if (isArxiv(alias)) arxivNames.set(id, alias);
  };
  const resolved: ListingEntry[] = [];
  const repeated: ListingEntry[] = [];
  for (const entry of entries) {
    const doi = doiOf(entry.paper);
    let id = aliases.get(entry.paper.id) ?? entry.paper.id;
    if (!papers.has(id) && doi !== undefined) {
      const other = aliases.get(doi) ?? (papers.has(doi) ? doi : undefined);
      const arxivOther = other !== undefined && isArxiv(other) ? other : arxivNames.get(other ?? '');
      if (other !== undefined && !(isArxiv(id) && arxivOther !== undefined)) {
        name(id, other);
        id = other;
      }
    }
    if (doi !== undefined && (!papers.has(doi) || (isArxiv(id) && !arxivNames.has(doi)))) name(doi, id);
    papers.add(id);
    if (seen.has(id)) {
      repeated.push(entry);
      continue;
    }
    seen.add(id);
    resolved.push(id === entry.paper.id ? entry : { ...entry, paper: { ...entry.paper, id } });
  }
  return { entries: resolved, repeated, newAliases };
}

function isArxiv(id: PaperId): boolean {
  return id.startsWith('arxiv:');
}

/** The id that the paper's DOI would give; undefined without a DOI, or where that is arXiv's own. */
function doiOf(paper: PaperRecord): PaperId | undefined {
  if (paper.doi === undefined) return undefined;
  const id = paperId({ doi: paper.doi, url: '' });
  return id.startsWith('doi:') ? id : undefined;
}
