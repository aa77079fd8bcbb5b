import { bareId, paperId, plainLine, type PaperRecord } from '../domain/paper.ts';
import { webAddress } from './github.ts';

/** What a file says of who a paper is; all of it may be missing or not what it claims to be. */
export interface ClaimedIdentity {
  /** With or without `arXiv:` and a version. */
  readonly arxiv?: string | undefined;
  readonly doi?: string | undefined;
  readonly url?: string | undefined;
  readonly title: string;
}

/**
 * The id of a paper from a file, its version, DOI and links: arXiv id, else DOI, else address. A paper with none of
 * them is known by a search for its title at Hugging Face, so that the same title is the same paper again.
 */
export function identityOf(claimed: ClaimedIdentity): Pick<PaperRecord, 'id' | 'version' | 'doi' | 'links'> {
  const doi = bareDoi(claimed.doi);
  const given = webAddress(claimed.url ?? '');
  const url = given ?? (doi === undefined ? titleSearch(claimed.title) : `https://doi.org/${doi}`);
  const [arxiv, version] = arxivOf(claimed.arxiv ?? '') ?? arxivOf(given ?? '') ?? [];
  const id = paperId({
    url,
    ...(arxiv === undefined ? {} : { arxiv }),
    ...(doi === undefined ? {} : { doi }),
  });
  const isArxiv = id.startsWith('arxiv:');
  return {
    id,
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(doi === undefined || doi.startsWith('10.48550/') ? {} : { doi }),
    links: isArxiv
      ? { abstract: `https://arxiv.org/abs/${bareId(id)}`, pdf: `https://arxiv.org/pdf/${bareId(id)}` }
      : { abstract: url },
  };
}

/** Id and version in `2510.01234v2`, `arXiv:astro-ph/0601001` or an address at arxiv.org. */
function arxivOf(text: string): [id: string, version: string | undefined] | undefined {
  const form =
    /^(?:arxiv:|https?:\/\/(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf)\/)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v([1-9]\d{0,3}))?(?:\.pdf)?$/i;
  const [, id, version] = form.exec(text.trim()) ?? [];
  return id === undefined ? undefined : [id, version];
}

function bareDoi(text: string | undefined): string | undefined {
  const bare = (text ?? '').trim().replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, '');
  return /^10\.\d{4,9}\/\S+$/.test(bare) ? bare : undefined;
}

function titleSearch(title: string): string {
  return `https://huggingface.co/papers?q=${encodeURIComponent(plainLine(title).toLowerCase().toWellFormed())}`;
}
