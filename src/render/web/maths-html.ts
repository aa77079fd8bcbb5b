import { parseXmlDocument, type Element, type Node } from 'slimdom';
import { plainLine } from '../../domain/paper.ts';
import { cutAtFormulas } from '../formula-marks.ts';
import { formulaMathml, plainTex } from '../formula-mathml.ts';
import { unicodeMaths } from '../maths.ts';
import { cleanText, escapeHtml } from '../text.ts';

/** A paragraph as HTML, its formulas as MathML; everything else is escaped. One that cannot be read as MathML is Unicode. */
export function mathsHtml(text: string): string {
  return cutAtFormulas(plainLine(cleanText(text)))
    .map((piece) => {
      if ('text' in piece) return escapeHtml(unicodeMaths(piece.text));
      return (
        formulaHtml(piece.formula.tex, piece.formula.isDisplayed) ?? escapeHtml(unicodeMaths(piece.source))
      );
    })
    .join('');
}

const formulas = new Map<string, string | undefined>();
/** A formula stands on the pages of several papers, and often many times in one abstract. */
const mostFormulas = 5_000;

function formulaHtml(tex: string, isDisplayed: boolean): string | undefined {
  const key = `${isDisplayed ? 'block' : 'inline'} ${tex}`;
  if (formulas.has(key)) return formulas.get(key);
  if (formulas.size >= mostFormulas) formulas.clear();
  const made = madeFormula(tex, isDisplayed);
  formulas.set(key, made);
  return made;
}

function madeFormula(tex: string, isDisplayed: boolean): string | undefined {
  const markup = formulaMathml(plainTex(tex));
  if (markup === undefined) return undefined;
  try {
    const root = parseXmlDocument(markup).documentElement;
    const content = root?.childNodes.map(nodeHtml).join('') ?? '';
    return content === '' ? undefined : `<math${isDisplayed ? ' display="block"' : ''}>${content}</math>`;
  } catch {
    return undefined;
  }
}

/** MathML Core (W3C, section 3): the elements that show something and need no address, style or class. */
const elements = new Set(
  (
    'mrow mi mn mo ms mtext mspace mphantom mfrac msqrt mroot msub msup msubsup munder mover munderover ' +
    'mmultiscripts mprescripts mtable mtr mtd mpadded mstyle'
  ).split(' '),
);
const attributes = new Set(
  (
    'accent accentunder columnspan displaystyle fence form height largeop linethickness lspace maxsize minsize ' +
    'movablelimits rowspan rspace scriptlevel separator stretchy symmetric width'
  ).split(' '),
);

/** Only what is known gets through: an unknown element leaves what is in it. */
function nodeHtml(node: Node): string {
  if (!isElement(node)) return escapeHtml(node.nodeType === 3 ? (node.textContent ?? '') : '');
  const content = node.childNodes.map(nodeHtml).join('');
  if (!elements.has(node.localName)) return content;
  const kept = node.attributes
    .filter(({ name, value }) => attributes.has(name) && /^[\w.%+-]{1,20}$/.test(value))
    .map(({ name, value }) => ` ${name}="${value}"`);
  return `<${node.localName}${kept.join('')}>${content}</${node.localName}>`;
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}
