import type { FieldOrigins, PaperLinks, PaperRecord } from '../domain/paper.ts';

export interface MergedPaper {
  readonly record: PaperRecord;
  readonly origins: FieldOrigins;
}

/**
 * The best of what is known of a paper and what `source` says of it now, with the source of each field.
 *
 * Title, abstract, authors, categories and version are taken together from one source: from `source` when
 * `takesText`. Every other field keeps its source until that one tells another value, or until the source of
 * the text tells it. A field that is not told is never removed, and an empty abstract or author list is filled
 * from the other source.
 */
export function mergeRecords(
  known: MergedPaper,
  said: PaperRecord,
  source: string,
  takesText: boolean,
): MergedPaper {
  const [text, other] = takesText ? [said, known.record] : [known.record, said];
  const version = text.version ?? other.version;
  // Who tells no withdrawal does not take one back; a higher version does.
  const [before, now] = [known.record.version ?? 0, said.version ?? 0];
  const isWithdrawn = said.isWithdrawn
    ? now === 0 || now >= before
    : known.record.isWithdrawn && now <= before;
  const origins: { -readonly [Field in keyof FieldOrigins]: FieldOrigins[Field] } = { ...known.origins };
  if (takesText) origins.text = source;
  const best = <Value>(
    field: keyof FieldOrigins,
    of: (record: PaperRecord) => Value | undefined,
  ): Value | undefined => {
    const [before, now] = [of(known.record), of(said)];
    if (now === undefined) return before;
    if (before !== undefined && !takesText && origins[field] !== source) return before;
    origins[field] = source;
    return now;
  };
  const organization = best('organization', (record) => record.organization);
  const doi = best('doi', (record) => record.doi);
  const comments = best('comments', (record) => record.comments);
  const submittedAt = best('submittedAt', (record) => record.submittedAt);
  const mediaCount = best('mediaCount', (record) => record.mediaCount);
  const keywords = best('keywords', (record) => (record.keywords.length > 0 ? record.keywords : undefined));
  const submitterFollowers = said.submitterFollowers ?? known.record.submitterFollowers;
  return {
    record: {
      id: known.record.id,
      ...(version !== undefined && { version }),
      title: text.title,
      abstract: text.abstract === '' ? other.abstract : text.abstract,
      authors: text.authors.length > 0 ? text.authors : other.authors,
      categories: text.categories.length > 0 ? text.categories : other.categories,
      keywords: keywords ?? [],
      links: mergeLinks(best),
      ...(organization !== undefined && { organization }),
      ...(doi !== undefined && { doi }),
      ...(comments !== undefined && { comments }),
      ...(isWithdrawn && { isWithdrawn: true }),
      ...(submittedAt !== undefined && { submittedAt }),
      ...(mediaCount !== undefined && { mediaCount }),
      ...(submitterFollowers !== undefined && { submitterFollowers }),
    },
    origins,
  };
}

function mergeLinks(
  best: (field: keyof FieldOrigins, of: (record: PaperRecord) => string | undefined) => string | undefined,
): PaperLinks {
  const pdf = best('pdf', ({ links }) => links.pdf);
  const code = best('code', ({ links }) => links.code);
  const project = best('project', ({ links }) => links.project);
  const discussion = best('discussion', ({ links }) => links.discussion);
  return {
    abstract: best('abstract page', ({ links }) => links.abstract) ?? '',
    ...(pdf !== undefined && { pdf }),
    ...(code !== undefined && { code }),
    ...(project !== undefined && { project }),
    ...(discussion !== undefined && { discussion }),
  };
}

/** Where the fields of a paper come from that one source alone has told. */
export function originsOf(record: PaperRecord, source: string): FieldOrigins {
  return {
    text: source,
    'abstract page': source,
    ...(record.keywords.length > 0 && { keywords: source }),
    ...(record.links.pdf !== undefined && { pdf: source }),
    ...(record.links.code !== undefined && { code: source }),
    ...(record.links.project !== undefined && { project: source }),
    ...(record.links.discussion !== undefined && { discussion: source }),
    ...(record.organization !== undefined && { organization: source }),
    ...(record.doi !== undefined && { doi: source }),
    ...(record.comments !== undefined && { comments: source }),
    ...(record.submittedAt !== undefined && { submittedAt: source }),
    ...(record.mediaCount !== undefined && { mediaCount: source }),
  };
}
