import temml from 'temml';

/**
 * A formula in TeX (see `plainTex`) as MathML that is well-formed XML; commands that TeX does not know become their names.
 * Undefined when it cannot be read. The markup may carry styles and classes of its maker.
 */
export function formulaMathml(tex: string): string | undefined {
  const macros: Record<string, string> = {};
  for (let unknown = 0; unknown < 8; unknown += 1) {
    try {
      return temml.renderToString(tex, { throwOnError: true, xml: true, macros });
    } catch (error) {
      const [, name] = /Unsupported function name: \\([a-zA-Z]+)/.exec(String(error)) ?? [];
      if (name === undefined || macros[`\\${name}`] !== undefined) break;
      macros[`\\${name}`] = `\\text{${name}}`;
    }
  }
  return undefined;
}

/** TeX without addresses and colours, with MathJax's `\unicode{x2713}` as the character. */
export function plainTex(tex: string): string {
  return withCharacters(tex).replace(/\\(?:href|textcolor)\s*\{[^{}]*\}/g, '');
}

function withCharacters(tex: string): string {
  return tex.replace(/\\unicode\{x([0-9a-fA-F]{2,6})\}/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16);
    const isText =
      code >= 0x20 &&
      code <= 0x10_ff_ff &&
      !(code >= 0x7f && code < 0xa0) &&
      !(code >= 0xd8_00 && code < 0xe0_00);
    const character = isText ? String.fromCodePoint(code) : '';
    return /[\\{}$%#&^_~]/.test(character) ? `\\${character}` : character;
  });
}
