/**
 * What three mail clients do with what a mail is made of. Gmail is the weakest of its web, mobile web, Android and iOS
 * clients for a Gmail account; Outlook is the Word engine of Outlook 2007 to 2019 on Windows; Apple Mail is that of macOS
 * and iOS.
 *
 * Sources: caniemail.com (data of 2026-05-13, MIT), read for the newest tested version of each client. What it does not
 * test is marked: `word`, Microsoft's "Word 2007 HTML and CSS Rendering Capabilities in Outlook 2007" (MSDN aa338201),
 * `gmail`, Google's "CSS Support" for Gmail, with WebKit's own support for Apple Mail.
 */
export const clients = ['gmail', 'outlook', 'apple'] as const;
export type Client = (typeof clients)[number];

/** What a mail uses: an element, an attribute of one, a CSS property inline or in a style sheet, a selector, an at-rule. */
export interface Use {
  readonly feature: string;
  /** The element it is used on; empty in a style sheet. */
  readonly on: string;
  /** The value of an attribute or a property, in lower case. */
  readonly value: string;
}

/** Supported, not supported, or supported in those uses only. */
export type Support = true | false | ((use: Use) => boolean);

type Row = Readonly<Record<Client, Support>>;

const everywhere: Row = { gmail: true, outlook: true, apple: true };
const nowhere: Row = { gmail: false, outlook: false, apple: false };
const notInWord: Row = { gmail: true, outlook: false, apple: true };

const isCell = ({ on }: Use) => on === 'td' || on === 'th';
const isTable = ({ on }: Use) => on === 'td' || on === 'th' || on === 'table';
const inWordOnly = (outlook: Support): Row => ({ gmail: true, outlook, apple: true });
const notNegative = ({ value }: Use) => !/(?:^|\s)-/.test(value);

function rows(prefix: string, names: string, row: Row): [string, Row][] {
  return names.split(' ').map((name) => [`${prefix} ${name}`, row]);
}

export const table: ReadonlyMap<string, Row> = new Map<string, Row>([
  ...rows('element', 'a body div h1 h2 h3 p span table b strong style', everywhere),
  // word
  ...rows('element', 'html head title meta tbody tr td', everywhere),
  // No client but Word sees the conditional comment that it stands in.
  ['element noscript', { gmail: false, outlook: true, apple: false }],

  ...rows('attribute', 'align valign cellpadding cellspacing lang role aria-label style', everywhere),
  // word
  ...rows('attribute', 'href class id name content http-equiv type border xmlns xmlns:v xmlns:o', everywhere),
  ...rows('attribute', 'bgcolor', everywhere),
  ['attribute width', inWordOnly(isTable)],
  // Mobile web Gmail turns a mail round that has right-to-left text; Word knows no `auto` and errs on links.
  ['attribute dir', inWordOnly(({ on, value }) => value !== 'auto' && on !== 'a')],
  ['attribute media', notInWord],
  // Gmail and Apple Mail open every link in a new window anyway.
  ['attribute target', { gmail: false, outlook: true, apple: false }],
  ['attribute aria-roledescription', { gmail: false, outlook: false, apple: true }],

  ...rows('property', 'border-collapse direction font vertical-align', everywhere),
  // word, gmail
  ...rows('property', 'font-family font-style', everywhere),
  // Gmail drops all of a `style` attribute with a colour in the newer notations.
  ...rows('property', 'color background-color background', {
    gmail: (use) => isHexColour(use),
    outlook: (use) => isHexColour(use),
    apple: true,
  }),
  ['property cursor', { gmail: false, outlook: false, apple: false }],
  ...rows(
    'property',
    'border border-top border-bottom border-left border-right',
    inWordOnly((use) => isTable(use) && !/\b(?:9|[1-9]\d)px/.test(use.value)),
  ),
  ['property border-color', inWordOnly(isTable)],
  ['property border-radius', notInWord],
  ['property display', inWordOnly(({ on, value }) => value === 'none' && on !== 'img')],
  ['property font-size', inWordOnly(({ value }) => !/rem|%|larger|smaller/.test(value))],
  ['property font-weight', inWordOnly(({ value }) => /^(?:normal|bold)$/.test(value))],
  ['property height', inWordOnly(isTable)],
  ['property line-height', inWordOnly(({ value }) => value !== 'normal')],
  [
    'property margin',
    {
      gmail: notNegative,
      outlook: (use) => notNegative(use) && !/auto/.test(use.value) && !/^(?:span|body)$/.test(use.on),
      apple: true,
    },
  ],
  // Nothing that is zero needs support.
  ...rows(
    'property',
    'padding padding-top padding-right padding-bottom padding-left',
    inWordOnly((use) => isCell(use) || /^0(?:px)?$/.test(use.value)),
  ),
  ['property max-height', notInWord],
  ['property max-width', inWordOnly(({ on }) => on === 'table')],
  ['property opacity', { gmail: false, outlook: false, apple: true }],
  ['property overflow', notInWord],
  ['property overflow-wrap', { gmail: false, outlook: false, apple: true }],
  [
    'property text-align',
    { gmail: (use) => plainAlign(use), outlook: (use) => plainAlign(use), apple: true },
  ],
  [
    'property text-decoration',
    inWordOnly(({ value }) => /^(?:none|underline|line-through)(?: !important)?$/.test(value)),
  ],
  ['property text-transform', inWordOnly(({ value }) => value !== 'lowercase')],
  ['property width', inWordOnly(isTable)],
  ['property word-break', everywhere],
  ['property word-spacing', notInWord],
  ['property color-scheme', { gmail: false, outlook: false, apple: true }],
  ['property supported-color-schemes', { gmail: false, outlook: false, apple: true }],
  // Written for one engine and nothing to the others.
  ...rows('property', 'mso-table-lspace mso-table-rspace mso-line-height-rule mso-padding-alt', {
    gmail: false,
    outlook: true,
    apple: false,
  }),
  ...rows('property', '-webkit-text-size-adjust', { gmail: false, outlook: false, apple: true }),
  ...rows('property', '-ms-text-size-adjust -ms-interpolation-mode', nowhere),
  ['property outline', notInWord],

  // Mobile web Gmail, and Gmail's apps for other people's accounts, drop style sheets.
  ...rows('selector', 'class descendant grouping id type', { gmail: false, outlook: true, apple: true }),
  ...rows('selector', 'child hover', { gmail: false, outlook: false, apple: true }),
  // word
  ['selector root', { gmail: false, outlook: false, apple: true }],
  ['at-rule media width', { gmail: false, outlook: false, apple: true }],
  ['at-rule media prefers-color-scheme', { gmail: false, outlook: false, apple: true }],
]);

function plainAlign({ value }: Use): boolean {
  return /^(?:left|right|center|justify)$/.test(value);
}

function isHexColour({ value }: Use): boolean {
  return /^#[0-9a-f]{6}(?: !important)?$/.test(value);
}
