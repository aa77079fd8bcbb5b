import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import { colourText, contrastRatio, parseColour, type Colour } from './colour.ts';
import { attribute, styleRules, type StyleRules } from './styles.ts';

/** Text whose colours are too near to each other. */
export interface LowContrast {
  readonly scheme: 'light' | 'dark';
  readonly colour: string;
  readonly background: string;
  readonly ratio: number;
  readonly needed: number;
  /** The beginning of such a text. */
  readonly text: string;
}

interface Look {
  readonly colour: Colour;
  readonly background: Colour;
  readonly pixels: number;
  readonly isBold: boolean;
}

/** What browsers show where nothing is said. */
const usual = {
  light: { page: [255, 255, 255], text: [0, 0, 0], link: [0, 0, 238] },
  dark: { page: [18, 18, 18], text: [255, 255, 255], link: [158, 158, 255] },
} as const satisfies Record<string, Record<string, Colour>>;

const unseen = new Set(['head', 'style', 'script', 'title', 'template']);

/** Whether the mail says what it looks like in the dark. */
export function knowsDark(html: string): boolean {
  return /prefers-color-scheme:\s*dark/i.test(html);
}

/**
 * Text of a mail with a contrast below WCAG 2.2 level AA (success criterion 1.4.3): 4.5 to 1, and 3 to 1 for large text.
 * Each pair of colours is told once. Images behind text are not looked at.
 */
export function lowContrasts(html: string, scheme: 'light' | 'dark'): readonly LowContrast[] {
  const document = parse(html);
  const rules = styleRules(styleSheets(document), scheme === 'dark');
  const found = new Map<string, LowContrast>();
  const { page, text } = usual[scheme];
  walk(document, { colour: text, background: page, pixels: 16, isBold: false });
  return [...found.values()].toSorted((a, b) => a.ratio - b.ratio);

  function walk(node: Tree.Node, look: Look): void {
    if ('value' in node) return note(node.value, look);
    if ('tagName' in node) {
      if (unseen.has(node.tagName)) return;
      const own = lookOf(node, look, rules, scheme);
      if (own) for (const child of node.childNodes) walk(child, own);
    } else if ('childNodes' in node) for (const child of node.childNodes) walk(child, look);
  }

  function note(value: string, { colour, background, pixels, isBold }: Look): void {
    const words = value.trim().replace(/\s+/g, ' ');
    if (!/[\p{L}\p{N}]/u.test(words)) return;
    const ratio = contrastRatio(colour, background);
    const needed = pixels >= 24 || (isBold && pixels >= 18.66) ? 3 : 4.5;
    const key = `${colourText(colour)} ${colourText(background)} ${needed}`;
    if (ratio >= needed || found.has(key)) return;
    found.set(key, {
      scheme,
      colour: colourText(colour),
      background: colourText(background),
      ratio: Math.floor(ratio * 100) / 100,
      needed,
      text: words.slice(0, 60),
    });
  }
}

function styleSheets(node: Tree.Node): readonly string[] {
  if (!('childNodes' in node)) return [];
  if ('tagName' in node && node.tagName === 'style') {
    return [node.childNodes.map((child) => ('value' in child ? child.value : '')).join('')];
  }
  return node.childNodes.flatMap(styleSheets);
}

/** Undefined for an element that is not shown. */
function lookOf(
  element: Tree.Element,
  above: Look,
  rules: StyleRules,
  scheme: 'light' | 'dark',
): Look | undefined {
  const styles = rules.of(element);
  if (styles.get('display') === 'none' || styles.get('visibility') === 'hidden') return undefined;
  const behind =
    parseColour(styles.get('background-color') ?? '') ??
    (styles.get('background') ?? '')
      .split(/\s+/)
      .map(parseColour)
      .find((colour) => colour !== undefined) ??
    parseColour(attribute(element, 'bgcolor') ?? '');
  const isLink = element.tagName === 'a' && attribute(element, 'href') !== undefined;
  const said = styles.get('color') ?? attribute(element, 'color') ?? '';
  const colour = parseColour(said) ?? (isLink && said !== 'inherit' ? usual[scheme].link : above.colour);
  const font = styles.get('font') ?? '';
  const size = /(\d+(?:\.\d+)?)px/.exec(styles.get('font-size') ?? font)?.[1];
  const weight = styles.get('font-weight') ?? (/\bbold\b/.test(font) ? 'bold' : undefined);
  return {
    colour,
    background: behind ?? above.background,
    pixels: size === undefined ? above.pixels : Number(size),
    isBold:
      weight === undefined
        ? above.isBold || /^(?:h[1-6]|b|strong|th)$/.test(element.tagName)
        : isBold(weight),
  };
}

function isBold(weight: string): boolean {
  return weight === 'bold' || weight === 'bolder' || Number(weight) >= 700;
}
