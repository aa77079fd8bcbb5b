import type { Client } from './client-table.ts';

/** Something that a client does not know and the mail is as good without. */
export interface Enhancement {
  readonly feature: RegExp;
  /** The element, or `sheet` for a declaration of a style sheet; anywhere when left out. */
  readonly on?: string;
  readonly value?: RegExp;
  /** The clients that go without. */
  readonly without: readonly Client[];
  readonly why: string;
}

/** All that a mail uses beyond what all three clients know. */
export const enhancements: readonly Enhancement[] = [
  {
    feature: /^selector (?:class|id|type|descendant|grouping|child|hover|root)$/,
    without: ['gmail', 'outlook'],
    why: 'What a mail needs is said beside the text; sheets add the dark colours, and MJML what resets old clients.',
  },
  {
    feature: /^at-rule media (?:width|prefers-color-scheme)$/,
    without: ['gmail', 'outlook'],
    why: 'Without it the mail is fluid all the same, and in light colours, which both clients invert by themselves in the dark.',
  },
  {
    feature: /^property (?:color-scheme|supported-color-schemes)$/,
    on: 'sheet',
    without: ['gmail', 'outlook'],
    why: 'Says that there are dark colours; only who has them needs to know.',
  },
  {
    feature: /^property (?:width|max-width|border-color)$/,
    on: 'sheet',
    without: ['outlook'],
    why: 'Stands within a media query that Word does not read.',
  },
  {
    feature: /^property overflow-wrap$/,
    on: 'sheet',
    without: ['gmail', 'outlook'],
    why: 'Breaks a word longer than the line; Gmail breaks such words itself, Word makes the page wider.',
  },
  {
    feature: /^property (?:border|height|outline|display|-ms-interpolation-mode)$/,
    on: 'sheet',
    without: ['gmail', 'outlook', 'apple'],
    why: "MJML's resets for images, of which a mail has none, and for paragraphs, which are blocks anyway.",
  },
  {
    feature: /^property (?:-webkit|-ms)-text-size-adjust$/,
    on: 'sheet',
    without: ['gmail', 'outlook', 'apple'],
    why: 'Stops iOS from enlarging text; nobody else does so.',
  },
  {
    feature: /^property mso-/,
    without: ['gmail', 'apple'],
    why: 'Takes back what only Word does: space beside tables, and no padding on links.',
  },
  {
    feature: /^attribute media$/,
    on: 'style',
    without: ['outlook'],
    why: 'Holds the column at full width, which it has in Word by its own table.',
  },
  {
    feature: /^property (?:opacity|max-height|max-width|overflow)$/,
    on: 'div',
    value: /^(?:0|0px|hidden)$/,
    without: ['gmail', 'outlook'],
    why: 'Hides the preheader a second time; `display:none` hides it in all three.',
  },
  {
    feature: /^property (?:max-width|margin)$/,
    on: 'div',
    value: /^(?:600px|560px|0px auto)$/,
    without: ['outlook'],
    why: 'Word gets the width and the middle from a table of its own, in a conditional comment.',
  },
  {
    feature: /^property (?:display|width)$/,
    on: 'div',
    value: /^(?:inline-block|100%)$/,
    without: ['outlook'],
    why: 'The one column; in Word a cell of its own table.',
  },
  {
    feature: /^property word-spacing$/,
    without: ['outlook'],
    why: 'MJML resets what nobody has set.',
  },
  {
    feature: /^property (?:cursor|border-radius)$/,
    on: 'td',
    without: ['gmail', 'outlook', 'apple'],
    why: 'A button has its corners in Word, and the usual pointer elsewhere.',
  },
  {
    feature: /^property (?:display|padding|border-radius)$/,
    on: 'a',
    without: ['outlook'],
    why: 'All of a button is its link; in Word the cell is padded and only the words are the link.',
  },
  {
    feature: /^attribute target$/,
    without: ['gmail', 'apple'],
    why: 'They open every link in a window of its own.',
  },
  {
    feature: /^attribute aria-roledescription$/,
    without: ['gmail', 'outlook'],
    why: 'Tells a screen reader that this is an e-mail, where it is not known.',
  },
];
