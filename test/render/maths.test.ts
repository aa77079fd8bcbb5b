import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unicodeMaths } from '../../src/render/maths.ts';

describe('formulas become one line of Unicode', () => {
  it.each([
    ['$O(n^2)$', 'O(n²)'],
    [String.raw`$\mathbb{R}^n$`, 'ℝⁿ'],
    [String.raw`$\mathcal{L}_\theta$`, 'ℒ_θ'],
    [String.raw`$\mathbf{x} \in \mathbb{R}^{d \times k}$`, 'x ∈ ℝ^(d×k)'],
    ['$x_{ij}$ and $x_{i,j}$', 'xᵢⱼ and x_(i,j)'],
    [String.raw`$\frac{a+b}{2}$`, '(a+b)/2'],
    [String.raw`$\tfrac12$`, '1/2'],
    [String.raw`$\tilde{O}(\sqrt{T})$`, 'Õ(√T)'],
    [String.raw`$\sqrt[3]{x+1}$`, '³√(x+1)'],
    [String.raw`$\sum_{i=1}^n x_i$`, '∑ᵢ₌₁ⁿ xᵢ'],
    [String.raw`$\binom{n}{k}$`, '(n choose k)'],
    [String.raw`$n\log n$`, 'n log n'],
    [String.raw`$\max_\theta f(\theta)$`, 'max_θ f(θ)'],
    [String.raw`$p_{\text{data}}$`, 'p_data'],
    [String.raw`$0.79 \pm 2.17$ mm`, '0.79 ± 2.17 mm'],
    [String.raw`($>98\%$)`, '(>98%)'],
    ['$p<0.05$', 'p < 0.05'],
    [String.raw`$10^\circ$$10{\rm{cm}}$`, '10°10cm'],
    [String.raw`$A^\top x^*$`, 'Aᵀx*'],
    [String.raw`$f(x, y)$ with $x_1, \dots, x_n$`, 'f(x, y) with x₁, …, xₙ'],
    [String.raw`$\textbf{0.49}$ for $\texttt{SPECS}$`, '0.49 for SPECS'],
    [String.raw`$\ce{CO2}$`, 'CO₂'],
    ['$$E=mc^2$$', 'E = mc²'],
    [String.raw`\(\text{TC}^0\) and \[a \to b\]`, 'TC⁰ and a → b'],
    [String.raw`\begin{equation}y=x\end{equation}`, 'y = x'],
    [String.raw`$90 \unicode{x002b} 4$`, '90+4'],
    ['SD$^2$: 10$^{-3}$, NO$_2$', 'SD²: 10⁻³, NO₂'],
    [String.raw`32$\times$32$\times$8`, '32×32×8'],
    [String.raw`$\mathsf{Cin\acute{e}aste}$`, 'Cinéaste'],
    ['$25,700$ km', '25,700 km'],
    ['$16.25-35.91$%', '16.25−35.91%'],
    ['$ x $', 'x'],
  ])('%s', (tex, expected) => {
    expect(unicodeMaths(tex)).toBe(expected);
  });
});

describe('commands in text', () => {
  it.each([
    [String.raw`\alpha-stable and {\mu}s`, 'α-stable and μs'],
    [String.raw`\textbf{\textit{x}} {\em y} {\bf{z}}`, 'x y z'],
    [String.raw`\textbf{\color{red}D}ecoupled`, 'Decoupled'],
    [
      String.raw`G\"odel, Szeg\"{o}, d\'ej\`a vu, Fran\c{c}ois, Toma\v{s}ev, Isstr{\o}m, na\"{\i}ve`,
      'Gödel, Szegö, déjà vu, François, Tomašev, Isstrøm, naïve',
    ],
    [String.raw`82\% of Q\&A in snake\_case`, '82% of Q&A in snake_case'],
    [String.raw`10\,000 km\textsuperscript{2}`, '10 000 km²'],
    [
      String.raw`\href{https://a.example/x}{code} \url{https://b.example}`,
      'code (https://a.example/x) https://b.example',
    ],
    [String.raw`as \cite{doe} said\footnote{Twice.}`, 'as [doe] said (Twice.)'],
    [String.raw`360{\deg}, \r{ho} = 0.3, \c{opyright} 2024`, '360°, ρ = 0.3, © 2024'],
  ])('%s', (tex, expected) => {
    expect(unicodeMaths(tex)).toBe(expected);
  });
});

describe('what is not TeX stays', () => {
  it.each([
    'It costs $1 Million',
    '$200k',
    '1$',
    '$5 and $10',
    '$5-$10 each, $20, $30',
    'from $5 to 20$ now',
    'Free of $1, paid with $2 or US$3.50',
    'export $PATH and $HOME',
    'A literal <think> tag',
    String.raw`a delimiter like "\n\n"`,
    String.raw`C:\users\new`,
    'a {set} of {braces: 1}',
    'plain text',
    '',
  ])('%s', (text) => {
    expect(unicodeMaths(text)).toBe(text);
  });

  it('reads an escaped dollar as money', () => {
    expect(unicodeMaths(String.raw`only \$148K`)).toBe('only $148K');
  });
});

describe('unknown TeX stays readable', () => {
  it.each([
    [String.raw`$\POL$ and $\POL_x$`, 'POL and POLₓ'],
    [String.raw`We use \ours here`, String.raw`We use \ours here`],
    ['$x^{2$', 'x^2'],
    [String.raw`\textbf{open`, String.raw`\textbf{open`],
  ])('%s', (tex, expected) => {
    expect(unicodeMaths(tex)).toBe(expected);
  });
});

describe('any text', () => {
  const tex = fc
    .array(
      fc.constantFrom(
        '$',
        '\\',
        '{',
        '}',
        '^',
        '_',
        ' ',
        'a',
        '2',
        '\\frac',
        '\\textbf',
        '\\def',
        '\\"',
        '$$',
        '\\(',
        '&',
        '😀',
        '\uD800',
      ),
    )
    .map((parts) => parts.join(''));

  it('is converted without an error', () => {
    fc.assert(
      fc.property(tex, (text) => {
        expect(typeof unicodeMaths(text)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  it('without dollar and backslash comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = text.replace(/[$\\]/g, '');
        expect(unicodeMaths(plain)).toBe(plain);
      }),
    );
  });

  it.each(['$', '\\', '\\textbf{', '{\\em ', '$x^', '\\(', '\\begin{equation}', '$\\sqrt{'])(
    'of 10 kB of %s takes no long time',
    (part) => {
      expect(typeof unicodeMaths(part.repeat(10_000 / part.length))).toBe('string');
    },
  );

  it('of nesting deeper than anybody writes is left as it is', () => {
    expect(unicodeMaths(`${'\\textbf{'.repeat(300)}x${'}'.repeat(300)}`)).toContain('x');
    expect(unicodeMaths(`$${'{'.repeat(900)}x${'}'.repeat(900)}$`)).toBe('x');
  });
});

const recorded = resolve(import.meta.dirname, '../../../shared/data/arxiv/metadata');

describe.skipIf(!existsSync(recorded))('real abstracts (skipped where the recordings are absent)', () => {
  it('keep a backslash or a pair of dollars in less than one of a hundred', () => {
    const [file = ''] = readdirSync(recorded)
      .filter((name) => name.endsWith('.gz'))
      .toSorted();
    const lines = gunzipSync(readFileSync(join(recorded, file)))
      .toString()
      .split('\n')
      .filter(Boolean)
      .slice(0, 3000);
    const texts = lines.flatMap((line) => {
      const { title, summary } = JSON.parse(line) as { title: string; summary: string };
      return [title, summary].map((text) => text.replace(/\s+/g, ' '));
    });
    const left = texts.map(unicodeMaths).filter((text) => /\\|\$\S[^$]*\S\$/.test(text));
    expect(left.length / texts.length).toBeLessThan(0.01);
  });
});
