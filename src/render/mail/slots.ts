const names = ['forName', 'reason', 'webUrl', 'feedUrl', 'unsubscribeUrl', 'preferences'] as const;

/** The places in a mail whose content differs from reader to reader. */
export type SlotName = (typeof names)[number];
export type SlotValues = Readonly<Record<SlotName, string>>;

/** Cannot occur in what else a mail holds: `cleanText` removes it, and it is not allowed in a URL. */
const mark = '\u0000';

/** What a template writes where a personal value will stand. */
export const slots: SlotValues = {
  forName: `${mark}forName${mark}`,
  reason: `${mark}reason${mark}`,
  webUrl: `${mark}webUrl${mark}`,
  feedUrl: `${mark}feedUrl${mark}`,
  unsubscribeUrl: `${mark}unsubscribeUrl${mark}`,
  preferences: `${mark}preferences${mark}`,
};

/** A rendered body cut at its slots: text as it stands, and the places of what is personal. */
export type SlottedBody = readonly (string | { readonly slot: SlotName })[];

/** Cuts a rendered body at its slots. */
export function slotted(body: string): SlottedBody {
  return body.split(mark).map((piece, index) => (index % 2 === 0 ? piece : slotName(piece)));
}

/** The body with its slots filled; values are written as they are. */
export function filled(body: SlottedBody, values: SlotValues): string {
  return body.map((piece) => (typeof piece === 'string' ? piece : values[piece.slot])).join('');
}

function slotName(piece: string): { readonly slot: SlotName } {
  const slot = names.find((name) => name === piece);
  if (slot === undefined) throw new Error(`a mail template holds an unknown slot: ${piece}`);
  return { slot };
}
