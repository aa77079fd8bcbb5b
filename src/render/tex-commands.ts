/** TeX commands in running text, as titles and abstracts have them. Names are without the backslash. */

/** The argument is what is read. */
export const keptArgument: ReadonlySet<string> = names(
  'textbf textit emph texttt textsc underline textsf textrm textnormal textmd textup textsl mbox hbox text url path ' +
    'uline textquote mathrm mathbf mathit mathsf mathtt boldsymbol',
);

/** Command and argument say nothing to a reader. */
export const droppedCommands: ReadonlySet<string> = names('color label vspace hspace thanks');

/** Change what follows; nothing is read. */
export const switches: ReadonlySet<string> = names(
  'em it bf sc tt rm sl sf bfseries itshape ttfamily scshape tiny small normalsize large Large LARGE huge Huge noindent',
);

/** Letters and signs that are written as commands. */
export const characters: ReadonlyMap<string, string> = table(
  'aa å AA Å o ø O Ø l ł L Ł ss ß ae æ AE Æ oe œ OE Œ i ı j ȷ S § P ¶ dag † ddag ‡ deg ° textdegree ° copyright © ' +
    'textcopyright © textregistered ® texttrademark ™ textemdash — textendash – textasciitilde ~ ldots … dots … ' +
    'textellipsis … textpertenthousand ‱ textperthousand ‰ textmu µ textquoteright ’ textquoteleft ‘ ' +
    'textquotedblleft “ textquotedblright ” euro € pounds £ textless < textgreater > textunderscore _ checkmark ✓ eg e.g. ie i.e. etc etc',
);

/** Signs of formulas that are also written outside of them. */
export const greekAndSigns: ReadonlyMap<string, string> = table(
  'alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ ' +
    'pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π ' +
    'Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω times × pm ± mp ∓ sim ∼ approx ≈ le ≤ leq ≤ ge ≥ geq ≥ neq ≠ ll ≪ gg ≫ ' +
    'to → rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ uparrow ↑ downarrow ↓ cdot · infty ∞ circ ∘ ell ℓ ' +
    'propto ∝ partial ∂ nabla ∇ sum ∑ int ∫ prod ∏ forall ∀ exists ∃ cup ∪ cap ∩ subset ⊂ subseteq ⊆ star ⋆',
);

/** What a backslash before a sign stands for. */
export const escapes: ReadonlyMap<string, string> = new Map([
  ['%', '%'],
  ['&', '&'],
  ['_', '_'],
  ['#', '#'],
  ['$', '$'],
  ['{', '{'],
  ['}', '}'],
  [' ', ' '],
  [',', ' '],
  [';', ' '],
  [':', ' '],
  ['!', ''],
  ['-', ''],
  ['/', ''],
  ['@', ''],
  ['\\', ' '],
]);

const marks: ReadonlyMap<string, string> = new Map([
  ['"', '\u0308'],
  ["'", '\u0301'],
  ['`', '\u0300'],
  ['^', '\u0302'],
  ['~', '\u0303'],
  ['=', '\u0304'],
  ['.', '\u0307'],
  ['c', '\u0327'],
  ['v', '\u030C'],
  ['u', '\u0306'],
  ['H', '\u030B'],
  ['k', '\u0328'],
  ['r', '\u030A'],
  ['d', '\u0323'],
  ['b', '\u0331'],
]);

/**
 * The letter of an accent command (`"o`, `'{e}`, `c{c}`, `v{\i}`, after the backslash) and the length of the
 * command, where Unicode has that letter in one character.
 */
export function accented(tex: string): { readonly text: string; readonly length: number } | undefined {
  const match =
    /^(["'`^~=.])(?:\s?\{\s*(\\[ij]|[a-zA-Z])\s*\}|(\\[ij](?![a-zA-Z])|[a-zA-Z]))/.exec(tex) ??
    /^([cvuHkrdb])\s?\{\s*(\\[ij]|[a-zA-Z])\s*\}/.exec(tex);
  if (!match) return undefined;
  const [whole, accent = '', inBraces, bare] = match;
  const base = (inBraces ?? bare ?? '').replace('\\', '');
  const text = (base + (marks.get(accent) ?? '')).normalize('NFC');
  return /^.$/u.test(text) ? { text, length: whole.length } : undefined;
}

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** Names and characters by turns. */
function table(list: string): ReadonlyMap<string, string> {
  const words = list.split(' ');
  return new Map(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])));
}
