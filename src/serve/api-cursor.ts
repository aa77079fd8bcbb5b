/** The id after which a page begins; undefined for the first one. Its form was checked by the schema. */
export function readCursor(cursor: string | undefined): number | undefined {
  return cursor === undefined ? undefined : Number.parseInt(cursor, 36);
}

/** The member of a page that tells where the next one begins; none on the last. */
export function writeCursor(id: number | undefined): { readonly next?: string } {
  return id === undefined ? {} : { next: id.toString(36) };
}
